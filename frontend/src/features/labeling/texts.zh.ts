import { count } from "@/shared/format";

import type { Words } from "./texts.en";

const kept = (passes: number) => `${count(passes)} 份标注保存在这台电脑上`;

/** Why there is nothing to rate, by the server's code. */
const WHY: Readonly<Record<string, string>> = {
  no_generation: "还没有开放标注的轮次，由管理员开启下一轮。",
  preparing: "正在选取下一批，稍后会自动开放。",
  batch_finished: "这一批的标注已全部完成，训练之后开放下一批。",
  all_leased: "这一批剩下的解答都在其他标注员手中，可能会有退回的。",
  nothing_left_for_you: "这一批中仍开放的解答您都已标注过。",
  holding_two: "您手中已有两份解答，请先完成或退回一份。",
  screening_waits: "请先完成手中的这一题：资格测试的结果随最后一题给出。",
  screening_retake: "您的资格测试未达到要求。您可以用另外的题目再试一次。",
  screening_failed: "您的资格测试未达到要求。管理员仍可让您加入。",
  screening_short: "资格测试没有剩余的题目了。管理员可以让您加入。",
};

export const words: Words = {
  title: "标注",
  heading: "为步骤评分",
  actions: {
    bad: "差",
    okay: "一般",
    great: "很好",
    unsure: "不确定",
    back: "撤回",
    next: "下一步骤",
    previous: "上一步骤",
    submit: "提交",
    reopen: "重新打开上一份",
    giveUp: "放弃",
    badProblem: "题目有误",
    comment: "留言",
    wholeProblem: "完整题目",
    asWritten: "源码",
    larger: "放大文字",
    smaller: "缩小文字",
    instructions: "标注说明",
    help: "按键",
  },
  problem: { heading: "题目", answer: "答案", noAnswer: "没有已知答案。" },
  steps: {
    heading: "步骤",
    step: (number) => `第 ${number} 步`,
    alternative: (number) => `备选 ${number}`,
    instruct: "请为可以替代它的步骤评分",
    at: (what) => `${what}，尚未评分`,
    sent: "已发送。下一道题已就绪。",
    unrated: (left) => `后面还有 ${count(left)} 步，不评分`,
    rated: (what, rating) => `${what}：${rating}`,
    takenBack: "已撤回",
    complete: "已全部评完。按回车键提交。",
  },
  bar: {
    left: (left) => `还有 ${count(left)} 项待评`,
    sending: "正在发送 …",
    saved: "已保存",
    reopenHint: "重新打开 (u)",
    revising: "您重新打开了上一份标注。提交后将取代之前的结果；按 u 原样放回。",
    restored: "您的标注还在：之前的评分都已恢复。",
    dismiss: "知道了",
  },
  comment: {
    title: "对这份解答留言",
    detail: "审核员会连同您的评分一起看到。提交时一并发送。",
    label: "留言",
    question: "这是提问：我希望得到答复",
    keep: "保留",
    remove: "删除",
    edit: (question) => (question ? "提问" : "留言"),
  },
  giveUp: {
    title: "放弃这份解答",
    detail: "这份解答会交给别人。您已有的评分会保留，但不用于训练。",
    label: "是什么让它难以判断？",
    submit: "放弃",
  },
  badProblem: {
    title: "题目本身有误",
    detail: "适用于缺图、陈述有误、没有提问，或一次问四个以上问题的题目。方框中的答案有误不算题目有误。",
    label: "题目有什么问题？",
    submit: "报告题目",
  },
  instructions: {
    title: "标注说明",
    changed: "标注说明有更新",
    version: (version) => `第 ${version} 版`,
    none: "本项目还没有标注说明，请询问管理员。",
    start: "开始评分",
  },
  nothing: {
    why: (code) => WHY[code],
    title: "目前没有要评分的解答",
    looks: "本页每隔几秒会自动再查看一次。",
    practise: "先做练习",
    retake: "前往我的资格测试",
    again: "再看看",
    looking: "正在查看 …",
  },
  notFetched: "无法取得下一份解答",
  refused: {
    lease_lost: {
      title: "这份解答已交给别人",
      detail: "您的租约已到期。评分保存在这台电脑上；提交过的，服务器上也留有草稿；它们不用于训练。",
    },
    generation_closed: {
      title: "这一轮标注已结束",
      detail: "标注不能再更改。您的评分仍在这台电脑上。",
    },
    not_found: {
      title: "这份解答不再由您评分",
      detail: "项目已将它收回。您的评分仍在这台电脑上。",
    },
    other: { title: "标注未被接受", kept: "您的评分仍在这里。" },
    about: (problem) => `对“${problem}”的标注`,
    next: "取下一份",
    again: "再次打开",
  },
  waiting: {
    offline: (passes) => `离线：${kept(passes)}，恢复连接后发送。`,
    signed_out: (passes) => `已退出登录：${kept(passes)}，重新登录后发送。`,
    busy: (passes) => `服务器繁忙：${kept(passes)}，服务器应答后立即发送。`,
  },
  elsewhere: {
    title: "您正在另一个标签页中评分",
    detail: "一次只用一个标签页，以免同一份解答评两次。您在那边已开始的会带过来。",
    take: "在这里继续",
  },
  screening: {
    place: (number, of) => `资格测试：第 ${count(number)} / ${count(of)} 题`,
    passed: (agreed, of) => `您已通过资格测试：${count(of)} 题中有 ${count(agreed)} 题与团队一致。接下来的标注正式计入。`,
    failed: (agreed, of, needed) => `未通过资格测试：${count(of)} 题中有 ${count(agreed)} 题与团队一致，需要 ${count(needed)} 题。`,
  },
  today: (passes) => `今日 ${count(passes)} 份`,
  median: (time) => `中位用时 ${time}`,
};
