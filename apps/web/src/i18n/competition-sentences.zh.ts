import type { competitionSentences as english } from '@holdout/contracts';

/** What `packages/contracts/src/competition-sentences.ts` says, in Chinese. */
export const competitionSentences: Readonly<Record<keyof typeof english, string>> = {
  a_size: '大小，例如 512 MiB',
  a_time: '时长，例如 90 s、30 min 或 2 h',
  metrics_once: '不重复的指标',
  odd_readers: '奇数位阅片者，以免出现平票',
  readers_once: '不重复的阅片者',
  data_once: '不重复的名称',
  phases_once: '不重复的阶段',
  interpreter_memory: '至少 64 MiB：再少就无法启动解释器',
  as_in_address: '{{competition}}，与地址中的相同',

  test_set_missing:
    '没有测试集 {{testSet}}；请在“测试集”页面导入，或使用“holdout admin test-set import PATH --test-set {{testSet}}”。',
  closes_too_early: '关闭时间是 {{closesAt}}；应晚于该阶段的开放时间 {{opensAt}}。',
  final_before_hidden: '最终时间是 {{finalAt}}；应晚于排行榜开始隐藏的时间 {{fromAt}}。',
  final_before_frozen: '最终时间是 {{finalAt}}；应晚于排行榜开始冻结的时间 {{fromAt}}。',
  final_before_live: '最终时间是 {{finalAt}}；应晚于排行榜开始实时更新的时间 {{fromAt}}。',
  ladder_without_kappa: '排在第一的指标是 {{metric}}；阶梯机制比较 kappa，请把 kappa 放在第一位。',
  gold_reader_unknown: '{{testSet}} 中没有阅片者“{{reader}}”；现有：{{known}}。',
  gold_readers_none: '{{testSet}} 中没有阅片者“{{reader}}”；它没有任何阅片者。',
  final_stays: '该阶段自 {{sinceAt}} 起已是最终结果，不能再改。',
  test_set_kept:
    '测试集由 {{present}} 改为 {{found}}，而已有 {{count}} 次提交在其上评分；请为 {{present}} 导入新版本。',
  visibility_kept: '可见性由 {{present}} 改为 {{found}}，而已有 {{count}} 次提交在其上评分；请另设一个阶段。',
  priority_limit: '优先级是 {{found}}；最高允许 {{limit}}，因为只有站点管理员可以让一个阶段排在其他阶段之前。',
  phase_kept: '文件中没有阶段 {{phase}}；阶段不会被删除，请用“closes”将其关闭。',
  hidden_set_open: '测试集 {{testSet}} 同时是样本或公开阶段的测试集；隐藏的测试集必须单独使用。',
  patient_in_sets: '患者 {{patient}} 同时在 {{testSet}} 和 {{other}} 中；每位患者只能在一个测试集中。',
  picture_in_sets: '{{study}} 的一张图也在 {{testSet}} 中；每张图只能在一个测试集中。',
};
