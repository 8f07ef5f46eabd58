import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { addAuditCommand } from './audit.js';
import { addBackupCommands } from './backup.js';
import { addCompetitionCommands } from './competition.js';
import { addEvaluationCommands } from './evaluation.js';
import { addExportCommands } from './export.js';
import { addOperatorCommands } from './operator.js';
import { addOrganiserCommands } from './organiser.js';
import { addPhaseCommands } from './phase.js';
import { addPredictionsCommands } from './predictions.js';
import { addStarterBundleCommands } from './starter-bundle.js';
import { addStorageCommands } from './storage.js';
import { addSubmissionCommands } from './submission.js';
import { addTestSetCommands } from './test-set.js';

/** `holdout admin`: what organisers and operators do. Every command needs the token of one. */
export function addAdminCommand(program: Command, context: CommandContext): void {
  const admin = program
    .command('admin')
    .summary('what organisers and operators do')
    .description(
      'What organisers do, with an organiser’s token; every act is in the audit log of its competition. What waits, the\n' +
        'room that data takes and the mails are a site administrator’s; so are workers: holdout worker --help',
    );
  addCompetitionCommands(admin, context);
  addStarterBundleCommands(admin, context);
  addPhaseCommands(admin, context);
  addSubmissionCommands(admin, context);
  addEvaluationCommands(admin, context);
  addTestSetCommands(admin, context);
  addPredictionsCommands(admin, context);
  addExportCommands(admin, context);
  addOrganiserCommands(admin, context);
  addStorageCommands(admin, context);
  addAuditCommand(admin, context);
  addBackupCommands(admin, context);
  addOperatorCommands(admin, context);
}
