import 'i18next';
import type { Resources } from './namespaces.js';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell';
    resources: Resources & { server: object };
    enableSelector: false;
  }
}
