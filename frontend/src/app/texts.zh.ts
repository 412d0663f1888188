import type { Words } from "./texts.en";

export const words: Words = {
  nav: {
    name: "项目页面",
    home: "首页",
    generations: "轮次",
    checkpoints: "检查点",
    review: "审核",
    quality: "质量",
    data: "数据",
    people: "人员",
    settings: "设置",
    label: "标注",
  },
};
