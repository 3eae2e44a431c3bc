// The domain of the tests: ebs.example.com, called EBS.
#pragma once

#include "probes/security/sid.h"

#include <string>

namespace cal::fakes {

inline const std::string base = "DC=ebs,DC=example,DC=com";
inline const security::Sid domain_sid = *security::Sid::parse_text("S-1-5-21-1-2-3");

}  // namespace cal::fakes
