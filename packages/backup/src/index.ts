export { type BackupProgress, type BackupSource, createBackup } from './create-backup.js';
export { findInstallation, openOnDisk } from './find-installation.js';
export { restoreBackup } from './restore-backup.js';
