export { makeKeyPair, type PrivateKey, type PublicKey, readPublicKey } from './keys.js';
export { receiptSizeLimitBytes } from './parse-receipt-json.js';
export { signReceipt } from './sign-receipt.js';
export { demandBundle, type VerifiedReceipt, verifyReceipt } from './verify-receipt.js';
