// The page's sentences and the words of the engine that people read, in both languages.

const WORDS = {
  en: {
    skip: "Skip to content", language: "Language", login: "Token",
    login_label: "Paste the token that fulcrum up printed", login_button: "Continue",
    live: "Live", paused: "Paused while hidden", connection_lost: "Connection lost, trying again",
    refused_token: "This token is not valid.", loading: "Loading",
    run: "Run", scores: "Scores", data: "Data", models: "Models", gates: "Gates", release: "Release",
    contention: "Contention", steps: "Steps", jobs: "Jobs", nodes: "Nodes", events: "Last events",
    nothing: "Nothing yet.", no_plan: "No plan has run yet: fulcrum run plan.yaml",
    decide: "Decide next", seconds: "Seconds", started: "Started", took: "took", step: "Step", state: "State",
    of: "of", cached: "known from before", requirements: "Requirements accepted", spent: "Spent",
    weakest: "weakest", raises: "What raises it", missing: "Missing", not_assessed: "not assessed", partial: "not yet",
    samples: "n", interval: "95 %", target: "Target",
    rows_in: "Rows read", rows_kept: "Rows kept", dropped: "Dropped", changed: "Changed", by_rule: "By rule",
    judged: "Against what was planted", precision: "precision", recall: "recall",
    model: "Model", gate: "Gate", figure: "Figure", wanted: "Wanted", passed: "passed", missed: "missed",
    against: "Against", reward_rate: "Reward rate", answers: "Answers", difference: "Difference",
    at_any_time: "at any time, 95 %", looks: "Looks", look: "Look", reason: "Reason",
    policy: "Policy", job: "Job", waited: "Waited, h", gpu_hours: "GPU-hours", usd: "USD",
    name: "Name", node: "Node", devices: "Devices", price: "USD per hour", gflops: "GFLOP/s",
    seq: "No.", time: "Time", kind: "What", stream: "About", actor: "Who", candidate: "candidate", stable: "stable"
  },
  zh: {
    skip: "跳到内容", language: "语言", login: "令牌",
    login_label: "请粘贴 fulcrum up 打印的令牌", login_button: "继续",
    live: "实时", paused: "页面隐藏时暂停", connection_lost: "连接中断，正在重试",
    refused_token: "令牌无效。", loading: "正在载入",
    run: "运行", scores: "评分", data: "数据", models: "模型", gates: "关卡", release: "发布",
    contention: "资源争用", steps: "步骤", jobs: "作业", nodes: "节点", events: "最近的事件",
    nothing: "暂无。", no_plan: "尚未运行计划：fulcrum run plan.yaml",
    decide: "下一个决定", seconds: "秒", started: "开始", took: "用时", step: "步骤", state: "状态",
    of: "/", cached: "沿用先前结果", requirements: "已验收的需求", spent: "花费",
    weakest: "最弱", raises: "如何提高", missing: "缺少", not_assessed: "未评估", partial: "尚无",
    samples: "样本", interval: "95 %", target: "目标",
    rows_in: "读取行数", rows_kept: "保留行数", dropped: "丢弃", changed: "修改", by_rule: "按规则",
    judged: "与埋藏的问题对照", precision: "精确率", recall: "召回率",
    model: "模型", gate: "关卡", figure: "数值", wanted: "要求", passed: "通过", missed: "未通过",
    against: "对照", reward_rate: "奖励率", answers: "应答数", difference: "差异",
    at_any_time: "任何时刻，95 %", looks: "查看", look: "查看", reason: "原因",
    policy: "策略", job: "作业", waited: "等待（小时）", gpu_hours: "GPU 小时", usd: "美元",
    name: "名称", node: "节点", devices: "设备", price: "美元/小时", gflops: "GFLOP/s",
    seq: "序号", time: "时间", kind: "事件", stream: "对象", actor: "执行者", candidate: "候选", stable: "稳定"
  }
};

// States, scores, factors and reasons as the engine writes them; English reads them as they are.
const ENGINE_ZH = {
  done: "完成", failed: "失败", refused: "被拒绝", need_more_data: "需要更多数据", running: "运行中", waiting: "等待",
  queued: "排队", held: "暂挂", succeeded: "成功", cancelled: "已取消", lost: "丢失", time_limit: "超时", up: "可用",
  draining: "排空中", drained: "已排空", down: "停机", promoted: "已上线", rolled_back: "已回滚", undecided: "未决",
  simulated: "模拟", candidate_better: "候选更好", candidate_worse: "候选更差", not_worse_than_margin: "不差于容限",
  error_breaker: "错误过多", latency_breaker: "应答过慢", more_errors: "错误多于稳定版", stopped_by_hand: "人工停止",
  too_few_samples: "样本太少", too_few_users: "用户太少", split_mismatch: "分流比例不符", sample_cap: "样本用完",
  time_cap: "时间用完", traffic_ended: "流量结束",
  data_quality: "数据质量", resource_efficiency: "资源效率", algorithm_performance: "算法性能",
  user_experience: "用户体验", team_performance: "团队绩效", accuracy: "准确性", completeness: "完整性",
  relevance: "相关性", timeliness: "及时性", useful: "有效使用", allocated: "利用率", speed: "速度",
  scalability: "可扩展性", robustness: "鲁棒性", usability: "易用性", accessibility: "无障碍", security: "安全性",
  project_success: "项目成功", innovation: "创新", customer_satisfaction: "客户满意度",
  cost_effectiveness: "成本效益", parse: "无法解析", normalise: "规范化", missing: "缺失", shape: "形式不符",
  times: "时间异常", ranges: "数值越界", references: "引用不明", consistency: "互相矛盾", duplicates: "重复",
  bots: "程序访问", personal: "个人信息"
};

let language = "en";

export const languageNow = () => language;
export function setLanguage(next) {
  language = next in WORDS ? next : "en";
}
/** A sentence of the page. */
export const say = (key) => WORDS[language][key] ?? key;
/** A word of the engine: "rolled_back". */
export const word = (name) => (language === "zh" && ENGINE_ZH[name]) || String(name ?? "").replaceAll("_", " ");
