// Keeps a page fresh: replaces its content with the newest every five seconds, and keeps the place on
// the page, the focus and what is unfolded. It waits while somebody types or selects text. If the
// agent does not answer, a banner says so.
'use strict';
const notice = document.querySelector('[role=status]');
const refusals = {401: 'requires a user name and password', 403: 'denies access',
                  404: 'no longer has this page', 503: 'is overloaded'};

function tell(trouble) {
  const time = document.querySelector('footer time').textContent;
  const text = trouble && `The agent ${trouble}. This page is from ${time}.`;
  if (notice.textContent !== text) notice.textContent = text;
}

// Returns a function that gives the focus back after the content was replaced.
function focusKeeper() {
  const focused = document.activeElement;
  if (!focused.closest('main')) return () => {};
  const selector = focused.matches('summary')
    ? `#${CSS.escape(focused.parentElement.id)} > summary`
    : `main a[href="${CSS.escape(focused.getAttribute('href') ?? '')}"]`;
  const index = [...document.querySelectorAll(selector)].indexOf(focused);
  return () => document.querySelectorAll(selector)[index]?.focus({preventScroll: true});
}

function show(fresh) {
  const focusAgain = focusKeeper();
  for (const each of document.querySelectorAll('main details')) {
    const same = fresh.getElementById(each.id);
    if (same) same.open = each.open;
  }
  document.title = fresh.title;
  for (const part of ['main', 'footer']) {
    document.querySelector(part).replaceWith(fresh.querySelector(part));
  }
  focusAgain();
}

async function renew() {
  try {
    const answer = await fetch(location.href, {signal: AbortSignal.timeout(4000)});
    const text = await answer.text();
    if (!answer.ok) {
      tell(`${refusals[answer.status] ?? 'returned an error'} (HTTP ${answer.status})`);
      return;
    }
    tell('');
    const busy = document.querySelector('main :is(input, button):focus');
    if (busy || !getSelection().isCollapsed) return;
    show(new DOMParser().parseFromString(text, 'text/html'));
  } catch {
    tell('does not answer');
  }
}

async function keepFresh() {
  if (!document.hidden) await renew();
  setTimeout(keepFresh, 5000);
}
setTimeout(keepFresh, 5000);
