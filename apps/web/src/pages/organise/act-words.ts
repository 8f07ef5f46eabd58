/** The acts that have words of their own; any other is shown by its name. */
export const actWords = {
  'agreement.read': 'audit_agreement_read',
  'competition.change': 'audit_competition_change',
  'competition.create': 'audit_competition_create',
  'evaluation.reproduce': 'audit_evaluation_reproduce',
  'evaluation.reproduced': 'audit_evaluation_reproduced',
  'evaluation.rerun': 'audit_evaluation_rerun',
  'hidden_log.read': 'audit_hidden_log_read',
  'image.read': 'audit_image_read',
  'predictions.import': 'audit_predictions_import',
  'results.export': 'audit_results_export',
  'submission.disqualify': 'audit_submission_disqualify',
  'submission.restore': 'audit_submission_restore',
  'submission.withdraw': 'audit_submission_withdraw',
  'test-set.change': 'audit_test_set_change',
  'test-set.import': 'audit_test_set_import',
  'test-set.read': 'audit_test_set_read',
} as const;
