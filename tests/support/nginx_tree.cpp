// program, with read
// For tests/cli/nginx_readers.py: what our reader makes of the files named on the command line, as one line of JSON
// each.
#include "read/nginx/nginx.h"
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

int main(int count, char** names) {
    for (int at = 1; at < count; ++at) {
        std::ifstream stream(names[at], std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        const auto file = fairlead::read::read_nginx(text, names[at]);
        nlohmann::json json{{"directives", nlohmann::json::array()}, {"problems", nlohmann::json::array()}};
        for (const auto& directive : file.directives)
            json["directives"].push_back({{"name", directive.name()}, {"line", directive.words[0].line}});
        for (const auto& problem : file.problems)
            json["problems"].push_back({{"line", problem.line}, {"message", problem.message}});
        std::cout << json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) << '\n';
    }
}
