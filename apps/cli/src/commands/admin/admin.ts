import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { addAuditCommand } from './audit.js';
import { addCompetitionCommands } from './competition.js';
import { addEvaluationCommands } from './evaluation.js';
import { addExportCommands } from './export.js';
import { addPhaseCommands } from './phase.js';
import { addPredictionsCommands } from './predictions.js';
import { addStorageCommands } from './storage.js';
import { addSubmissionCommands } from './submission.js';
import { addTestSetCommands } from './test-set.js';

/** `holdout admin`: what organisers do. Every command needs an organiser's token. */
export function addAdminCommand(program: Command, context: CommandContext): void {
  const admin = program
    .command('admin')
    .summary('what organisers do')
    .description('What organisers do, with an organiser’s token. Every act is in the audit log of its competition.');
  addCompetitionCommands(admin, context);
  addPhaseCommands(admin, context);
  addSubmissionCommands(admin, context);
  addEvaluationCommands(admin, context);
  addTestSetCommands(admin, context);
  addPredictionsCommands(admin, context);
  addExportCommands(admin, context);
  addStorageCommands(admin, context);
  addAuditCommand(admin, context);
}
