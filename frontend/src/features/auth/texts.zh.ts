import type { Words } from "./texts.en";

export const words: Words = {
  title: "登录",
  again: "重新登录",
  againDetail: "您已退出登录。下面的页面保持原样。",
  username: "用户名",
  password: "密码",
  submit: "登录",
  failed: "登录失败",
  tokens: {
    title: "API 令牌",
    hint: "供脚本以您的权限操作，放在请求头中：Authorization: Bearer TOKEN。",
    none: "您还没有令牌。",
    name: "用途",
    create: "创建令牌",
    once: (name) => `“${name}”的令牌，只显示这一次：`,
    made: "创建时间",
    revoke: "撤销",
    revokeTitle: (name) => `撤销“${name}”的令牌？`,
    revokeDetail: "此后，使用它的脚本都会被拒绝。",
    failed: "没有任何改动",
  },
};
