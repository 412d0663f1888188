import type { Words } from "./texts.en";

/** The server's refusals by their code. Those whose sentence says more than the code are left to the server's own words. */
const REFUSALS: Readonly<Record<string, string>> = {
  not_signed_in: "请先登录。",
  bad_credentials: "用户名或密码不正确。",
  locked_out: "密码输错次数过多，请 15 分钟后再试。",
  csrf_failed: "页面的安全令牌已失效，请重新加载页面。",
  too_large: "请求的内容超过了本站的上限。",
  throttled: "请求过于频繁，请稍候再试。",
  not_allowed: "您在此项目中的角色不允许这样做。",
  not_found: "这里没有这项内容。",
  lease_lost: "租约到期后，这份解答已交给别人；您的评分已保存为草稿。",
  generation_closed: "这一轮已结束，标注不能再更改。",
  crashed: "服务器出了问题，已记入日志。没有任何改动。",
};

export const words: Words = {
  product: "LabelHub",
  refusal: (code) => REFUSALS[code],
  math: { wide: "宽公式", broken: "这段 LaTeX 无法解析，因此按原文显示。" },
  time: {
    justNow: "刚刚",
    seconds: (number) => `${number} 秒`,
    minutes: (number) => `${number} 分钟`,
    hours: (number) => `${number} 小时`,
    left: (time) => `约剩 ${time}`,
    perSecond: (rate) => `${rate}/秒`,
  },
  state: {
    loading: "正在加载",
    failed: "无法加载",
    retry: "重试",
    offline: "连不上服务器。没有丢失任何内容；恢复连接后请重试。",
    unreadable: "本页看不懂服务器的回答。请重试；如果一直如此，请告诉管理员。",
  },
  actions: { cancel: "取消", close: "关闭", save: "保存", saved: "已保存", copy: (what) => `复制 ${what}`, copied: "已复制" },
  jobs: {
    kind: { import: "导入", sample: "采样", grade: "判分", score: "打分", select: "选取", train: "训练", evaluate: "评估" },
    state: { queued: "等待工作进程", running: "进行中", done: "已完成", failed: "失败" },
    of: (done, total) => `${done} / ${total}`,
  },
  roles: { labeler: "标注员", reviewer: "审核员", operator: "管理员" },
  reason: { missing: "请简单说明原因。" },
  keys: { title: "本页的按键" },
  language: { name: "语言" },
  view: {
    name: "显示",
    colours: "颜色",
    auto: "跟随系统",
    light: "浅色",
    dark: "深色",
    highContrast: "高对比度",
    size: (percent) => `文字大小：${percent}`,
    larger: "放大文字",
    smaller: "缩小文字",
  },
  account: { menu: (name) => `${name} 的账户`, projects: "所有项目", tokens: "API 令牌", signOut: "退出登录", stillIn: "您仍处于登录状态" },
  crash: {
    title: "本页停止了工作",
    detail: "您的评分已保存在这台电脑上。重新加载页面即可继续。",
    reload: "重新加载",
  },
  absent: { title: "没有这个页面", detail: "地址可能已过期，或者您不在这个项目中。", home: "返回我的项目" },
};
