import type { SentenceName } from '@holdout/contracts';
import { bundleSentences } from './bundle-sentences.zh.js';
import { competitionSentences } from './competition-sentences.zh.js';
import { fieldSentences } from './field-sentences.zh.js';
import { testSetSentences } from './test-set-sentences.zh.js';

/** The sentences of `packages/contracts/src/sentences.ts` in Chinese: every one, or it does not compile. */
export const sentences: Readonly<Record<SentenceName, string>> = {
  quota_per_day: '24 小时内的 {{limit}} 次已用 {{used}} 次；{{allowedAt}} 可以再次提交。',
  quota_total: '总共 {{limit}} 次已用 {{used}} 次；此阶段不再允许提交。',
  quota_at_once: '可同时进行的 {{limit}} 次中已有 {{used}} 次在进行；其中一次结束后可以再次提交。',
  phase_opens: '它在 {{opensAt}} 开放。',
  phase_closed: '它已在 {{closedAt}} 结束。',
  rules_version: '收到的是版本 {{found}}；现行版本是 {{present}}。',
  upload_size: '它有 {{found}}，最多允许 {{limit}}。',
  choice_not_offered: '在此阶段，团队不选择由哪次提交计分。',
  choice_final: '此阶段的结果已是最终结果。',
  choice_taken: '团队已选择 {{chosen}}；请先取消一次选择（最多 {{limit}} 次）。',
  owner_only: '只有团队的所有者可以这样做。',
  organiser_only: '只有此竞赛的组织者可以这样做。',
  organiser_takes_part: '此人以团队 {{team}} 参加该竞赛。',
  asked_for: '您查询的是“{{asked}}”。',
  asked_for_one_of: '您查询的是“{{asked}}”；现有：{{known}}。',
  asked_for_none: '您查询的是“{{asked}}”；目前还没有。',

  heat_map_of_program: '它是参赛队自带的程序，不透露内部结构。',
  heat_map_of_predictions: '它只有预测，没有模型包。',
  heat_maps_limit: '同一时间最多可有 {{limit}} 个。',

  ...fieldSentences,
  ...testSetSentences,
  ...competitionSentences,

  manifest_elsewhere: '它位于 {{path}}；应放在最上层。',
  manifest_several: '其中有多个模型包：{{folders}}；请选择其中一个文件夹。',
  manifest_foreign: '只有在 src/ 旁边全是纯文本文件时才可以没有它，而这里有 {{path}}。',
  bundle_empty: '模型包中没有任何文件。',
  bundle_has: '最上层有：{{paths}}。',
  ...bundleSentences,

  ended_by_exit_code: '它以退出码 {{exitCode}} 结束。',
  ended_without_program: '它以退出码 {{exitCode}} 结束：在运行的地方找不到它所写的程序。',
  ended_by_signal: '它因信号 {{signal}} 而结束。',
  time_limit: '限制为 {{limit}} 秒；到时它仍在运行。',
  memory_limit: '限制为 {{limit}}；它用了 {{used}}。',
  memory_limit_at_once: '限制为 {{limit}}；在测量之前就已用完。',
  memory_limit_asked: '限制为 {{limit}}；它用了 {{used}}，并要求更多。',
  cpu_limit: '限制为 {{limit}} 秒 CPU 时间；它用了 {{used}} 秒。',
  process_limit: '限制为 {{limit}} 个进程和线程；它全部用完，并要求更多。',
  open_file_limit: '限制为每个进程打开 {{limit}} 个文件；它全部用完，并要求更多。',
  file_size_limit: '限制为每个文件 {{limit}}；它写得更多。',
  scratch_limit: '限制为 {{limit}} 临时空间；它用了 {{used}}。',
  scratch_limit_all: '限制为 {{limit}} 临时空间；它已全部用完。',
  scratch_limit_files: '限制为 {{limit}} 临时空间；它写的文件太多，再也放不下一个。',
  output_limit: '预测结果文件的限制为 {{limit}}；它写了 {{used}}。',
  log_limit: '输出文字的限制为 {{limit}}；它输出得更多。',
  not_alone: '它跑完了全部样本检查，但随后单独运行其中一个时没有成功。',
  hidden_untold: '这发生在该阶段自己的图像上，不再透露更多。',
  hidden_first: '这发生在该阶段自己的第一个检查上，它先于其他检查单独运行；不再透露更多。',
  hidden_all: '这发生在一起运行该阶段自己的全部检查时；不再透露更多。',
  also_on_sample: '在公开样本上也有检查没有预测：见警告。',
  not_on_sample: '在公开样本上没有发生。',

  studies_missing:
    '{{studies}} 个样本检查中有 {{missing}} 个没有预测，第一个是 {{first}}。在隐藏的检查上这会被拒绝：请预测每一个检查。',
  same_probability: '每个样本检查的概率都是 {{probability}}。模型包读取图像了吗？',
  all_abnormal: '每个样本检查都被判为异常。阈值对吗？',
  all_normal: '每个样本检查都被判为正常。阈值对吗？',
  not_repeatable:
    '检查 {{study}} 先被预测为 {{one}}，单独再运行一次时为 {{other}}。其中有随机性吗，还是取决于其他检查？',
  kappa_below_zero: '样本上的 Cohen’s kappa 为 {{kappa}}：比随机还差。标签是不是反了？',
};
