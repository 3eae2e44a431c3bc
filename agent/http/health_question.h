// Asks an agent on this host for /-/healthy, for health checks that run a program beside it.
#pragma once

#include "agent/base/clock.h"

#include <string>
#include <string_view>

namespace cal {

enum class WebScheme { http, https };

// What is wrong; empty if the agent that listens on `listen_address` (as listen_on() takes it)
// works. A reply that refuses this client (401, 403), or for now every client (429, `rate_limit`),
// is an answer. The certificate is not verified: nothing is sent that has to be kept from anyone.
// `patience` applies to each step.
std::string ask_for_health(std::string_view listen_address, WebScheme scheme,
                           Milliseconds patience);

}  // namespace cal
