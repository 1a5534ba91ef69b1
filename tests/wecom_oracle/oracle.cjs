// Seals and opens by WeCom's own crypto, one JSON line in, one JSON line out.
const { createInterface } = require("node:readline");
const { decrypt, encrypt, getSignature } = require("@wecom/crypto");

const DOES = {
  seal: ({ key, message, id }) => encrypt(key, message, id),
  open: ({ key, sealed }) => {
    const opened = decrypt(key, sealed);
    return { message: opened.message, id: opened.id };
  },
  sign: ({ token, timestamp, nonce, sealed }) => getSignature(token, timestamp, nonce, sealed),
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const asked = JSON.parse(line);
  process.stdout.write(JSON.stringify(DOES[asked.does](asked)) + "\n");
});
