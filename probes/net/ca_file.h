// Why a file of CA certificates cannot be used: what people save in place of PEM.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace cal::net {

inline constexpr std::size_t max_ca_file = std::size_t{16} << 20U;  // bytes

// What is wrong with it and how to repair it; empty if it has a certificate in PEM form.
std::string why_no_ca_file(const std::filesystem::path& file);

// The same for its content. Pure.
std::string why_no_certificates(std::string_view content);

}  // namespace cal::net
