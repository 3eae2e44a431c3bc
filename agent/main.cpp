#include <cstdio>

int main() { std::puts("cal_exporter " CAL_VERSION); }
