// program, with migrate
// For tests/cli/sql_split.py: the statements of the files named on the command line, as one line of JSON each.
#include "statements.h"
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

int main(int count, char** names) {
    for (int at = 1; at < count; ++at) {
        std::ifstream stream(names[at], std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        const auto pieces = split_all(text, names[at]);
        nlohmann::json json{{"pieces", nlohmann::json::array()}};
        if (!pieces.ok()) json["error"] = pieces.error().message;
        if (pieces.ok())
            for (const auto& piece : pieces.value())
                json["pieces"].push_back(
                    {{"text", std::string(piece.text)}, {"line", piece.line}, {"data", piece.copy_data}});
        std::cout << json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) << '\n';
    }
}
