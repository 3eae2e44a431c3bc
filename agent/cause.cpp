#include "agent/cause.h"

namespace cal {

std::string_view name_of(Cause cause) {
  switch (cause) {
    case Cause::account_not_administrator:
      return "account_not_administrator";
    case Cause::pack_already_installed:
      return "pack_already_installed";
    case Cause::internet_unreachable:
      return "internet_unreachable";
    case Cause::directory_not_writable:
      return "directory_not_writable";
    case Cause::licenses_exhausted:
      return "licenses_exhausted";
    case Cause::already_licensed:
      return "already_licensed";
    case Cause::other:
      return "other";
  }
  return "";
}

std::string_view name_of(Strength strength) {
  switch (strength) {
    case Strength::weak:
      return "weak";
    case Strength::strong:
      return "strong";
    case Strength::certain:
      return "certain";
  }
  return "";
}

std::string_view meaning_of(Cause cause) {
  switch (cause) {
    case Cause::account_not_administrator:
      return "the account that installs the pack is no usable administrator";
    case Cause::pack_already_installed:
      return "the CAL pack is installed already";
    case Cause::internet_unreachable:
      return "the activation service cannot be reached over the Internet";
    case Cause::directory_not_writable:
      return "SYSTEM cannot read or write the licensing data in the directory";
    case Cause::licenses_exhausted:
      return "there are not enough licenses";
    case Cause::already_licensed:
      return "the user or device has a license already";
    case Cause::other:
      return "something else, shown in the evidence";
  }
  return "";
}

}  // namespace cal
