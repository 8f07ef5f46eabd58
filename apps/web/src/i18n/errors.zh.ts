import type { ErrorCode } from '@holdout/contracts';

/** What the catalogue says of an error, for a person: what happened, and what to do next. */
export interface ErrorWords {
  readonly title: string;
  readonly next: string;
}

/** The catalogue of `packages/contracts/src/errors.ts` in Chinese: every code, or it does not compile. */
export const errors: Readonly<Record<ErrorCode, ErrorWords>> = {
  // Requests
  request_invalid: words('请求无效。', '请改正指出的字段，然后重新发送。'),
  token_missing: words(
    '此操作需要令牌或登录。',
    '请发送请求头 `Authorization: Bearer TOKEN`；用 `holdout login` 可以得到令牌。在浏览器中：请登录。',
  ),
  token_unknown: words('这里不认识这个令牌。', '请检查令牌是否完整、是否属于此服务器，以及是否已过期或被撤销。'),
  not_allowed: words(
    '您无权这样做。',
    '请使用拥有它的团队或组织者的账户或令牌；`holdout whoami` 会显示您现在用的是哪一个。',
  ),
  origin_refused: words(
    '此请求不是来自本服务器的页面。',
    '请打开本服务器上的页面，在那里重试。程序应发送令牌，而不是 cookie。',
  ),
  two_factor_needed: words('这里要求组织者使用双重验证。', '请在账户中设置双重验证，用它登录后再试。'),
  credentials_wrong: words('邮箱地址或密码不正确。', '请改正；或者在本服务器的 `/forgot-password` 页面重设密码。'),
  email_unproven: words('此账户的邮箱地址尚未验证。', '请打开发到该地址的邮件中的链接；每次登录都会再发一封。'),
  password_refused: words('密码太短或太长。', '请换一个：GET /api/sign-in 会说明最短长度；最多 200 个字符。'),
  second_factor_wrong: words(
    '验证码错误或已失效。',
    '请输入验证器当前显示的验证码，并确认其时钟准确；备用码只能用一次。',
  ),
  tries_spent: words('错误的验证码过多。', '请等一刻钟，然后从输入密码重新开始。'),
  sign_in_over: words('这次登录距今太久，不能进行此操作。', '请重新登录，然后再做。'),
  link_over: words('此链接已失效。', '请重新索取一个，并在一小时内打开；每个链接只能用一次。'),
  worker_killed: words(
    '运行此模型包时，整个工作进程两次终止。',
    '请在自己的机器上运行它并观察内存占用。如果模型包没有问题，请让组织者重新运行。',
  ),
  not_taking_part: words('您没有参加此竞赛。', '请以一个团队加入并接受规则，然后再试。'),
  rules_changed: words(
    '自您的团队接受规则以来，竞赛规则已有变更。',
    '请团队的一位所有者阅读并重新接受规则，然后再试。规则见 GET /api/competitions/{competition}。',
  ),
  team_not_found: words('您不在这样的团队中。', 'GET /api/me 会列出您所在的团队。'),
  team_name_taken: words('已有同名的团队。', '请换一个名称。'),
  team_role_refused: words('团队必须有一位所有者。', '请先让另一位成员成为所有者，然后再离开或改为成员。'),
  invitation_not_found: words('没有这个邀请，或者它已失效。', '请让团队的所有者重新邀请您。'),
  already_in_team: words('每人在一个竞赛中只能属于一个团队。', '请先离开另一个团队，或者合并两个团队。'),
  rules_outdated: words(
    '这不是竞赛的现行规则。',
    '请阅读现行规则，并接受其版本：GET /api/competitions/{competition} 同时给出两者。',
  ),
  join_refused: words('组织者不能参加自己组织的竞赛。', '请用一个在其中不组织任何内容的账户参加。'),
  merge_refused: words('这些团队不能合并。', '没有任何更改。可以继续作为两个团队，或先解决上述原因再重新提出合并。'),
  merge_offer_not_found: words('没有这样的合并请求。', '应由被合并团队的所有者提出：POST /api/teams/{id}/merge。'),
  organiser_refused: words(
    '此人不能成为该竞赛的组织者。',
    '没有任何更改。请添加此人不参加该竞赛的另一个账户，或添加其他人。',
  ),
  organiser_not_found: words(
    '此人不是这个竞赛的组织者。',
    'GET /api/competitions/{competition}/organisers 会列出组织者。',
  ),
  user_not_found: words('这里没有使用该地址且已验证的账户。', '请对方先注册，并打开收到的邮件中的链接。'),
  personal_token_not_found: words('您没有这个令牌。', 'GET /api/me/tokens 会列出您的令牌。'),
  route_not_found: words('这个地址没有内容。', '存在的地址见 /api/docs。'),
  starter_bundle_not_found: words(
    '此竞赛没有这样的示例模型包。',
    'GET /api/competitions/{competition}/starter-bundles 会列出现有的示例模型包，每种引擎一个。',
  ),
  competition_not_found: words('没有这个竞赛。', 'GET /api/competitions 会列出现有的竞赛。'),
  phase_not_found: words('此竞赛没有这个阶段。', 'GET /api/competitions/{competition} 会列出它的阶段。'),
  version_not_found: words(
    '此阶段的测试集没有这个版本。',
    'GET …/test-set/versions 会列出它现有、曾有或即将切换到的版本。',
  ),
  worker_not_found: words('没有这个工作进程。', 'GET /api/operator/workers 会列出现有的工作进程。'),
  image_not_found: words(
    '此版本的测试集中没有这张图像。',
    'GET …/test-set/studies 会列出其中的检查以及每个检查的图像数。',
  ),
  submission_not_found: words('用此令牌找不到这次提交。', '请检查编号，以及令牌是否属于提交它的团队。'),
  submission_final: words('这次提交已经结束。', '无需再做什么：最终状态不会改变。'),
  submission_not_scored: words('这次提交没有得分，或者得分不向其团队公开。', '`holdout status ID` 会显示它的情况。'),
  submission_without_bundle: words(
    '这次提交没有可以重新运行的模型包：它的预测结果是导入的。',
    '请选择以模型包提交的一次来复现。',
  ),
  evaluation_not_found: words('没有这次提交或评测。', '请检查编号；GET /api/submissions 会列出提交。'),
  media_type_unsupported: words(
    '无法读取这种内容类型的上传。',
    '请把压缩包作为正文并以 `Content-Type: application/octet-stream` 发送，或作为 multipart 文件发送。',
  ),
  upload_too_large: words('上传的内容超过了此阶段允许的大小。', '请把压缩包变小。'),
  upload_incomplete: words('上传在完成之前中断了。', '请重新发送；没有保留任何内容。'),
  upload_stalled: words('上传已太久没有收到任何数据。', '请检查您的连接并重新发送；分段上传会从中断处继续。'),
  upload_not_found: words(
    '用此令牌找不到这个上传。',
    '请重新开始。未完成的上传会保留 24 小时，每个团队保留最近的八个。',
  ),
  upload_unfinished: words('上传尚未完成。', '请发送其余部分：HEAD 会告诉您从哪个字节继续。'),
  upload_offset_wrong: words('这一部分不是从上传结束的位置开始的。', '请用 HEAD 查询偏移量，然后从那里继续。'),
  upload_checksum_wrong: words('收到的这一部分与它的校验和不符。', '其中没有保留任何内容；请从同一字节重新发送。'),
  upload_is_final: words('这个上传由其他上传拼合而成，自身不再接收字节。', '结果见 GET /api/uploads/…/result。'),
  upload_protocol_unknown: words(
    '分段上传遵循 tus 协议 1.0.0 版。',
    '请发送请求头 `Tus-Resumable: 1.0.0`，或者用 POST …/submissions 发送整个压缩包。',
  ),
  phase_closed: words('此阶段现在不接受提交。', 'GET /api/competitions/:competition 给出每个阶段的日期。'),
  submission_under_way: words('这次提交正在进行。', '请等它结束；GET /api/submissions/:id 会显示进度。'),
  choice_refused: words('不能选择这次提交。', 'GET /api/submissions 会显示已选择的提交。'),
  competition_invalid: words('无法应用这个竞赛文件。', '请改正列出的问题后重新应用；没有任何更改。'),
  quota_exceeded: words('团队目前的提交次数已用完。', '请等到可以再次提交时。因服务器故障而失败的提交从不计入。'),
  rate_limited: words('请求过于频繁。', '请等待响应头 `Retry-After` 给出的秒数后再试。'),

  // Receipts
  receipt_unreadable: words('此文件不是可以验证的凭据。', '请重新下载：`holdout receipt SUBMISSION_ID -o FILE`。'),
  receipt_changed: words(
    '凭据在签名之后被改动过，或者不是用它所写的密钥签名的。',
    '请不要信任它；请向团队索取原样下载的文件。',
  ),
  receipt_wrong_key: words(
    '凭据所写的密钥不是预期的密钥。',
    '请不要信任它，除非您认识这两个密钥：服务器的 GET /api/installation/key 会给出它的密钥。',
  ),
  receipt_wrong_bundle: words('凭据不是这个模型包的。', '请指定提交时的那个压缩包；重新打包的文件字节可能不同。'),

  // Bundles: archive
  archive_unreadable: words('此文件不是可以读取的压缩包。', '请发送 zip 或 tar.gz；`holdout pack DIR` 可以制作一个。'),
  archive_truncated: words('压缩包不完整，提前结束了。', '请重新制作压缩包，并完整上传。'),
  archive_encrypted: words('压缩包中有加密的条目。', '请制作没有密码的压缩包。'),
  archive_path_unsafe: words(
    '压缩包中有模型包不允许的路径。',
    '请使用较短的相对路径，不含 `..`、盘符、反斜杠或控制字符。',
  ),
  archive_entry_kind: words('压缩包中有既不是文件也不是文件夹的条目。', '请用文件本身代替链接和设备。'),
  archive_name_clash: words('压缩包中有两个条目同名，或仅大小写不同。', '请让每个文件有自己的名称。'),
  archive_name_reserved: words('模型包中有文件或文件夹使用了运行时需要的名称。', '请改名，或者不要放进去。'),
  archive_too_many_entries: words('压缩包中的条目过多。', '请去掉模型不需要的内容。'),
  archive_too_large: words('压缩包的内容超过了允许的大小。', '请去掉模型不需要的内容。'),
  archive_ratio: words('压缩包解压后远大于其自身大小。', '请用普通工具制作压缩包，不要有填充或重叠的条目。'),

  // Bundles: manifest and model files
  manifest_missing: words('模型包中没有 holdout.json。', '请把 holdout.json 放在压缩包的顶层。'),
  manifest_invalid: words('holdout.json 无效。', '请改正指出的字段。'),
  manifest_contradicts_model: words(
    'holdout.json 与模型文件不一致。',
    '请改正指出的字段；若模型中已写明，也可以省略它。',
  ),
  model_missing: words('模型包中缺少它所写的一个文件。', '请加入该文件，或改正其名称。'),
  model_unreadable: words('无法读取模型文件。', '请重新导出模型；并检查它能否在您自己的机器上加载。'),
  model_unsupported: words('这里不能运行这种形式的模型。', '请导出一个图像输入和一个概率输出。'),
  model_external_data: words(
    'ONNX 模型的部分数据在模型包之外。',
    '请把外部数据文件放进模型包，或将模型导出为单个文件。',
  ),
  bundle_check_costly: words(
    '检查这个模型包耗时过长或占用内存过多。',
    '请去掉模型不需要的文件，并用常规工具重新导出模型。',
  ),
  model_shard_invalid: words('TF.js 模型的权重文件缺失或大小不对。', '请重新导出模型，并把每个权重文件放进模型包。'),
  program_ambiguous: words(
    '模型包中没有 holdout.json，而 src/ 中也没有唯一明确的程序。',
    '请加入 holdout.json，写明 `"engine": "command"` 和要运行的 `command`。',
  ),
  engine_unavailable: words('此服务器不能运行这种模型包。', '请向竞赛的组织者询问其工作进程能运行什么。'),

  // Bundles: while they run
  model_load_failed: words('引擎无法加载模型。', '检查日志中有它输出的内容。'),
  inference_failed: words('引擎在预测时出错停止。', '检查日志中有它输出的内容。'),
  output_shape: words('模型的输出不是每张图像一个值。', '请设置 `output.index`，或导出每张图像一个输出。'),
  output_not_finite: words('模型的输出不是有限的数。', '请检查归一化以及权重中是否有 NaN 和无穷大。'),
  output_out_of_range: words(
    '激活之后的输出不在 0 与 1 之间。',
    '请将 `output.activation` 设为 `sigmoid` 或 `softmax`，或直接导出概率。',
  ),
  cam_mismatch: words(
    'holdout.json 的 `cam` 所指的特征图与权重不相配。',
    '请指明最后的特征图，以及其池化之后那一层的权重；或去掉 `cam`：热力图将改用遮挡法生成。',
  ),
  heat_map_unavailable: words('该提交没有热力图。', '热力图只为引擎为 `onnx` 或 `tfjs` 的模型包生成。'),
  heat_map_too_early: words('热力图只为已评分的提交生成。', '请在评分完成后再试。'),
  heat_maps_open: words('等待生成的热力图过多。', '请在其中一些生成之后再试。'),
  command_failed: words('程序因错误而结束。', '检查日志中有它输出的内容。'),
  time_limit_exceeded: words('模型包的运行时间超过了限制。', '请使用更小的模型、更小的图像，或每次处理更少的图像。'),
  memory_limit_exceeded: words('模型包使用的内存超过了限制。', '请使用更小的模型、更小的图像，或每次处理更少的图像。'),
  cpu_limit_exceeded: words(
    '模型包使用的 CPU 时间超过了此阶段的限制。',
    '请使用更小的模型、更小的图像，或每次处理更少的图像。',
  ),
  process_limit_exceeded: words('模型包启动的进程和线程超过了此阶段的限制。', '请减少工作进程和线程。'),
  open_file_limit_exceeded: words('模型包同时打开的文件超过了此阶段的限制。', '请在用完后关闭文件。'),
  file_size_limit_exceeded: words('模型包写出的文件超过了此阶段允许的大小。', '请写更小的文件。'),
  scratch_limit_exceeded: words('模型包写满了它的临时文件夹。', '请少写一些，并删除不再需要的内容。'),
  output_limit_exceeded: words('预测结果文件超过了此阶段允许的大小。', '请每个检查写一行，不要写其他内容。'),
  log_limit_exceeded: words('模型包输出的文字超过了此阶段的限制。', '请减少输出。'),
  resource_limit_exceeded: words(
    '模型包需要的机器资源超过了此阶段的限制。',
    '请减少进程和打开的文件，减少临时空间、CPU 时间和输出；`holdout competition show` 会列出各项限制。',
  ),
  hidden_run_failed: words(
    '模型包没有跑完隐藏的检查。',
    '此阶段不再透露更多。请确保无论图像是什么样子，每个检查都有预测。',
  ),
  check_warned: words(
    '检查时发现了可疑之处，而这次提交要求遇到这种情况时停止。',
    '这不消耗提交次数。如果一切正常，请不带 `--stop-on-warning` 重新提交。',
  ),
  runner_crashed: words(
    '模型包的进程提前结束。',
    '请在自己的机器上用其他的、更多的图像试一试；`holdout check DIR --sample DIR` 的运行方式与这里相同。',
  ),
  runner_killed: words('运行模型包的进程被外部终止。', '请重试；很可能是机器的内存不足。'),

  // Predictions
  predictions_invalid: words('无法读取预测结果。', '请每行写一个检查及其标签或概率：列表中的每个检查一行。'),
  predictions_missing: words('有检查没有预测。', '请对每个检查恰好预测一次。'),
  predictions_duplicate: words('有检查被预测了不止一次。', '请对每个检查恰好预测一次。'),
  predictions_unknown: words('有预测针对的检查不在测试集中。', '请只预测列出的检查。'),
  labels_invalid: words(
    '无法读取标签。',
    '请改正指出的那一行：`study,label` 或 `study,rad1,rad2,rad3`，标签为 0 或 1。',
  ),

  // Ours
  sandbox_unavailable: words(
    '无法启动沙箱。',
    '请告诉此服务器的管理人员；`holdout worker doctor` 会告诉他们缺少什么。',
  ),
  test_set_invalid: words('测试集无效。', '请改正指出的所有问题，然后重新导入。'),
  storage_unavailable: words('无法访问文件存储。', '请在一分钟后重试；没有丢失任何内容。'),
  storage_damaged: words('存储的文件缺失，或与原来不同。', '请告诉此服务器的管理人员；他们可以从备份中恢复。'),
  upload_damaged: words(
    '服务器上这次上传的字节与发送的不同。',
    '请重新发送该包，并告诉此服务器的管理人员：其磁盘可能有故障。',
  ),
  storage_full: words('服务器没有空间存放这个上传。', '请告诉此服务器的管理人员；稍后再试。'),
  queue_unavailable: words('无法访问队列。', '无需做什么：队列恢复后会找回正在等待的内容。'),
  server_busy: words('服务器现在这类请求太多。', '请等待响应头 `Retry-After` 给出的秒数后再试。'),
  database_unavailable: words('无法访问数据库。', '请在一分钟后重试；没有丢失任何内容。'),
  attempts_spent: words('评测尝试了几次，都没有完成。', '请重新提交，或告诉此服务器的管理人员。'),
  scoring_failed: words('无法为预测结果评分。', '请告诉此服务器的管理人员。'),
  internal: words('服务器出了问题。', '请重试；如果仍然如此，请把请求编号告诉此服务器的管理人员。'),
};

function words(title: string, next: string): ErrorWords {
  return { title, next };
}
