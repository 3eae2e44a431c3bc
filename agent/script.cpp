#include "agent/html.h"

namespace cal {

// Puts the newest content in place of the one that is shown, which loses neither the place on the
// page nor what is unfolded. Waits while somebody types.
std::string_view refresh_script() {
  return R"('use strict';
async function renew() {
  if (document.hidden || document.querySelector('main input:focus')) return;
  const status = document.querySelector('footer [role=status]');
  let fresh;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) throw new Error(answer.status);
    fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  } catch {
    status.textContent = 'The agent does not answer; this is what it said last.';
    return;
  }
  const before = document.querySelectorAll('main details');
  const after = fresh.querySelectorAll('main details');
  if (before.length === after.length) after.forEach((each, i) => { each.open = before[i].open; });
  document.title = fresh.title;
  for (const part of ['main', 'footer']) {
    document.querySelector(part).replaceWith(fresh.querySelector(part));
  }
}
setInterval(renew, 5000);
)";
}

}  // namespace cal
