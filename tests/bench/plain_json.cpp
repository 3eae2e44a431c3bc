// The yardstick of ./run bench events: parses every line of a file as JSON, and does nothing with
// it.
#include <rapidjson/document.h>

#include <cstdio>
#include <fstream>
#include <string>

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::ifstream file(arguments[1]);
  unsigned long lines = 0;
  unsigned long members = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    rapidjson::Document document;
    document.Parse(line.data(), line.size());
    if (document.IsObject()) members += document.MemberCount();
  }
  std::printf("%lu lines, %lu members\n", lines, members);
  return 0;
}
