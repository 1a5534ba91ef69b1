// Where the person is, if the browser can and may tell.

import { word } from "./words.js";

const WAIT_MS = 15_000;
const DECIMALS = 5; // about a metre

export const canFindPlace = Boolean(window.isSecureContext && navigator.geolocation);

/** {lat, lon, label} in degrees (WGS 84), or null when it is not known or not allowed. */
export function findPlace() {
  const options = { enableHighAccuracy: true, timeout: WAIT_MS };
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(({ coords }) => resolve(shaped(coords)), () => resolve(null), options);
  });
}

function shaped({ latitude, longitude }) {
  return { lat: Number(latitude.toFixed(DECIMALS)), lon: Number(longitude.toFixed(DECIMALS)), label: word("place") };
}
