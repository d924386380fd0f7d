// floor KIND FILE: reads a report and does nothing with it: what a reader can't be quicker than. It prints what it
// counted.
//   xml    the start tags, by expat, as a stream
//   json   the values, by simdjson, whole in memory
//   lines  the lines, by fgets
#include <cstdio>
#include <cstring>
#include <expat.h>
#include <simdjson.h>
#include <vector>

namespace {

std::size_t counted = 0;

int xml(const char* path) {
    std::FILE* file = std::fopen(path, "rb");
    XML_Parser parser = XML_ParserCreate(nullptr);
    XML_SetElementHandler(
        parser, [](void*, const XML_Char*, const XML_Char**) { ++counted; }, [](void*, const XML_Char*) {});
    std::vector<char> bytes(1 << 16);
    for (;;) {
        const std::size_t size = std::fread(bytes.data(), 1, bytes.size(), file);
        if (XML_Parse(parser, bytes.data(), static_cast<int>(size), size == 0) == XML_STATUS_ERROR) return 1;
        if (size == 0) return 0;
    }
}

void count(simdjson::dom::element value) {
    ++counted;
    if (simdjson::dom::array all; !value.get(all))
        for (auto one : all) count(one);
    else if (simdjson::dom::object members; !value.get(members))
        for (auto one : members) count(one.value);
}

int json(const char* path) {
    simdjson::dom::parser parser;
    simdjson::dom::element value;
    if (parser.load(path).get(value)) return 1;
    count(value);
    return 0;
}

int json_lines(const char* path) {
    simdjson::dom::parser parser;
    simdjson::dom::document_stream all;
    if (parser.load_many(path).get(all)) return 1;
    for (auto one : all) count(one.value());
    return 0;
}

int lines(const char* path) {
    std::FILE* file = std::fopen(path, "rb");
    std::vector<char> line(1 << 16);
    while (std::fgets(line.data(), static_cast<int>(line.size()), file))
        counted += std::strncmp(line.data(), "DA:", 3) == 0;
    return 0;
}

}

int main(int, char** words) {
    const std::string_view kind = words[1];
    const int status = kind == "xml"          ? xml(words[2])
                       : kind == "json"       ? json(words[2])
                       : kind == "json-lines" ? json_lines(words[2])
                                              : lines(words[2]);
    std::printf("%zu\n", counted);
    return status;
}
