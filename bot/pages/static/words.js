// Every word the page itself says, as [Chinese, English]. What the office says comes from the server.

const WORDS = {
  demo: ["亲清演示", "Qinqing demo"],
  people: ["换一个人看", "Look as somebody else"],
  panes: ["并排看几个人", "How many people side by side"],
  beside: ["并排", "Side by side"],
  paneCount: ["并排 {count} 人", "{count} side by side"],
  unread: ["{name}，{count} 条新消息", "{name}, {count} new"],
  clock: ["演示时钟：{time}", "Demo clock: {time}"],
  forward: ["把时钟往前拨", "Move the clock forward"],
  hour: ["+1 小时", "+1 hour"],
  day: ["+1 天", "+1 day"],
  workday: ["+1 个工作日", "+1 working day"],
  week: ["+1 周", "+1 week"],
  next: ["到下一件事", "Next event"],
  moved: ["时钟已拨到 {time}", "The clock now shows {time}"],
  clockFailed: ["时钟没有拨动，请再试一次。", "The clock did not move. Please try again."],
  telegram: ["在 Telegram 上试", "Try it on Telegram"],
  telegramOpen: ["打开机器人，有什么事直接说：", "Open the bot and just say what you need:"],
  wecom: ["在企业微信和微信里试", "Try it in WeCom and WeChat"],
  platforms: ["在 Telegram、企业微信和微信里试", "Try it on Telegram, in WeCom and WeChat"],
  kefuOpen: ["企业主：用手机微信打开微信客服，有什么事直接说：", "As a business owner: open customer service in WeChat and just say what you need:"],
  kefuWaits: ["正在等微信客服的入口链接，稍后再点一次。", "Waiting for the link to customer service. Please tap again in a moment."],
  wecomOpen: ["工作人员：在企业微信里打开本单位的应用。没有角色的成员，也可以直接反映自己的事。", "As an official: open the office's app in WeCom. A member without a role may file as an owner does."],
  telegramWaits: ["正在等 Telegram 回应，稍后再点一次。", "Waiting for Telegram. Please tap again in a moment."],
  become: ["也可以当一回工作人员：", "Or become an official:"],
  given: ["{role}：打开链接，或把这一行发给机器人：", "{role}: open the link, or send this line to the bot:"],
  givenWecom: ["{role}：在企业微信的应用里发这一行：", "{role}: send this line in the app in WeCom:"],
  givenBoth: ["{role}：在企业微信的应用里发这一行，或打开 Telegram 的链接：", "{role}: send this line in the app in WeCom, or open the link for Telegram:"],
  inviteFailed: ["没有拿到邀请码，请再点一次。", "No code came. Please tap again."],
  peopleFailed: ["没能取到演示人物，请刷新页面。", "Could not load the demo people. Please reload the page."],

  connecting: ["正在连接…", "Connecting…"],
  reconnecting: ["正在重新连接…", "Reconnecting…"],
  connected: ["", ""],
  unsure: ["网络很慢，正在重新连接…", "The network is slow. Reconnecting…"],

  log: ["聊天记录", "Conversation"],
  welcome: ["您好，这里是亲清。\n有什么事，直接说就行。", "Hello, this is Qinqing.\nJust say what you need."],
  greet: ["打个招呼", "Say hello"],
  hello: ["你好", "Hello"],
  fresh: ["{count} 条新消息 ↓", "{count} new ↓"],
  latest: ["回到最新 ↓", "Latest ↓"],
  changed: ["有一条消息更新了 ↑", "A message was updated ↑"],
  updated: ["{time} 更新", "updated {time}"],
  bySystem: ["亲清说：", "Qinqing: "],
  byYou: ["您说：", "You: "],

  text: ["说点什么…", "Message…"],
  send: ["发送", "Send"],
  more: ["照片、文件和位置", "Photos, files and place"],
  files: ["照片和文件", "Photos, files"],
  camera: ["拍照", "Camera"],
  place: ["我的位置", "My place"],
  placeAt: ["位置：{label}（{lat}, {lon}）", "Place: {label} ({lat}, {lon})"],
  record: ["录一段语音", "Record a voice note"],
  recording: ["正在录音 {time}", "Recording {time}"],
  cancel: ["取消", "Cancel"],
  finish: ["发送语音", "Send voice"],
  staged: ["准备发送", "Ready to send"],
  remove: ["不发 {name}", "Remove {name}"],
  drop: ["松手就能添加", "Drop to add"],

  invitation: ["邀请码", "Invitation"],
  invited: ["您收到一个邀请码：{code}", "You were given a code: {code}"],
  join: ["使用邀请码", "Use the code"],
  notNow: ["先不用", "Not now"],

  choices: ["可以选", "Choices"],

  sending: ["正在发送…", "Sending…"],
  stored: ["已送达", "Delivered"],
  held: ["连上后自动发送", "Will be sent when connected"],
  refused: ["没有发出", "Not sent"],
  again: ["重新编辑", "Edit again"],
  progress: ["上传进度", "Upload progress"],
  picture: ["图片", "Picture"],
  open: ["打开原图", "Open original"],
  shut: ["关闭", "Close"],

  tooBig: ["“{name}”超过 {limit} MB，发不出去。请压缩或分开发。", "“{name}” is over {limit} MB. Please send a smaller one."],
  empty: ["“{name}”是空的，发不出去。", "“{name}” is empty and cannot be sent."],
  unreadable: ["“{name}”读不出来，请换一个再试。", "“{name}” could not be read. Please try another."],
  noVoice: ["用不了麦克风。请在浏览器里允许录音，或直接打字。", "No microphone. Allow recording in the browser, or type instead."],
  noPlace: ["没能取得位置。请在浏览器里允许定位，或直接写地址。", "No location. Allow it in the browser, or write the address."],
};

const column = (document.documentElement.dataset.language || "zh").startsWith("en") ? 1 : 0;

/** The language of the page as a tag Intl understands. */
export const language = column ? "en" : "zh-CN";

/** The words under `key`, with {name} filled from `values`. Throws on a key that is not in the table. */
export function word(key, values = {}) {
  if (!(key in WORDS)) throw new Error(`no words for ${key}`);
  return WORDS[key][column].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Fill the elements below `root` that name words: data-word: text, data-label: a label, data-faint: a faint hint in a field. */
export function fillWords(root) {
  for (const node of root.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", word(node.dataset.label));
  for (const node of root.querySelectorAll("[data-faint]")) node.placeholder = word(node.dataset.faint);
}
