/** The emoji that bots use by name; any other name stays as it was written. */

const EMOJI = {
  "+1": "👍", "-1": "👎", books: "📚", brain: "🧠", bug: "🐛", bulb: "💡", calendar: "📅",
  check: "✔️", clap: "👏", eyes: "👀", fire: "🔥", gear: "⚙️", hammer_and_wrench: "🛠️",
  hand: "✋", heart: "❤️", heavy_check_mark: "✔️", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  information_source: "ℹ️", link: "🔗", lock: "🔒", mag: "🔍", memo: "📝", no_entry: "⛔",
  package: "📦", page_facing_up: "📄", point_right: "👉", pray: "🙏", question: "❓",
  red_circle: "🔴", robot_face: "🤖", rocket: "🚀", smile: "😄", sparkles: "✨", star: "⭐",
  tada: "🎉", thinking_face: "🤔", thumbsdown: "👎", thumbsup: "👍", wave: "👋", warning: "⚠️",
  white_check_mark: "✅", wrench: "🔧", x: "❌", zap: "⚡",
};

export function emojiNamed(name) {
  return EMOJI[name] ?? "";
}
