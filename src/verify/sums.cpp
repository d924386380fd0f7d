#include "verify/sums.h"
#include "base/path.h"
#include "base/text.h"
#include <fmt/format.h>
#include <map>
#include <utility>

namespace fairlead::verify {
namespace {

constexpr std::size_t digits = 64;

// "SUM  PATH" or "SUM *PATH"; nothing else, also not a name that sha256sum had to escape.
bool read_line(std::string_view line, Sum& sum) {
    if (line.size() < digits + 3 || line[digits] != ' ' || (line[digits + 1] != ' ' && line[digits + 1] != '*'))
        return false;
    auto path = line.substr(digits + 2);
    if (path.starts_with("./")) path.remove_prefix(2);
    sum = {lower(line.substr(0, digits)), std::string(path)};
    return !path.empty() && sum.sha256.find_first_not_of("0123456789abcdef") == sum.sha256.npos;
}

bool is_of(std::string_view path, std::string_view file) {
    if (path == file) return true;
    const auto top = path.substr(0, path.find('/'));
    return top.starts_with("fairlead-") && path.substr(top.size()) == fmt::format("/bin/{}", file);
}

}

Result<std::vector<Sum>> read_sums(std::string_view text, const std::string& name) {
    std::vector<Sum> sums;
    std::map<std::string, std::string> known;
    int number = 0;
    bool begun = false;
    for (auto& line : split(text, '\n')) {
        ++number;
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty() || line.starts_with('#')) continue;
        if (!std::exchange(begun, true) && line.starts_with("version ")) continue;
        Sum sum;
        if (!read_line(line, sum)) return no("this is not a SHA-256 and a path", {name, number, 1, line});
        const auto [entry, is_new] = known.emplace(sum.path, sum.sha256);
        if (!is_new && entry->second != sum.sha256)
            return no(fmt::format("'{}' is listed with two sums", sum.path), {name, number, 1, line});
        sums.push_back(std::move(sum));
    }
    return sums;
}

Result<void> check_sum(const std::vector<Sum>& sums, const std::string& name, const std::string& file,
                       const std::string& sha256) {
    const Sum *other = nullptr, *elsewhere = nullptr;
    for (const auto& sum : sums) {
        if (file_name(sum.path) == file) elsewhere = &sum;
        if (!is_of(sum.path, file)) continue;
        if (sum.sha256 == sha256) return {};
        other = &sum;
    }
    if (!other && elsewhere) return no(fmt::format("'{}' lists '{}', not '{}'", name, elsewhere->path, file));
    if (!other) return no(fmt::format("'{}' does not list '{}'", name, file));
    return no(fmt::format("'{}' lists '{}' with the SHA-256 {}, not {}", name, other->path, other->sha256, sha256));
}

}
