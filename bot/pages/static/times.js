// Moments shown in the office's zone, whatever the zone of the device.

import { language } from "./words.js";

const timeZone = document.body.dataset.zone || "Asia/Shanghai";
const formatter = (options) => new Intl.DateTimeFormat(language, { timeZone, ...options });
const dayKeys = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
const days = formatter({ month: "long", day: "numeric", weekday: "long" });
const daysWithYear = formatter({ year: "numeric", month: "long", day: "numeric", weekday: "long" });
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const hours = formatter(clock);
const short = formatter({ month: "short", day: "numeric", weekday: "short", ...clock });

/** "14:05" */
export const hourAndMinute = (moment) => hours.format(moment);

/** "11月21日星期六", with the year where it is not this one. */
export function dayInWords(moment) {
  const thisYear = dayKey(moment).slice(0, 4) === dayKey(new Date()).slice(0, 4);
  return (thisYear ? days : daysWithYear).format(moment);
}

/** "11月21日周六 14:05" */
export const dayAndHour = (moment) => short.format(moment);

/** "2026-11-21": equal for two moments of one day in the office's zone. */
export const dayKey = (moment) => dayKeys.format(moment);

/** Minutes and seconds of a duration in seconds: "1:07". */
export const minutesAndSeconds = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
