#include "scan/rule.h"
#include "base/text.h"
#include <algorithm>
#include <iterator>
#include <vector>

namespace fairlead::scan {

std::span<const Rule* const> rules() {
    static const std::vector<const Rule*> all = [] {
        std::vector<const Rule*> pointers;
        for (const auto table : {forge_rules(), cloud_rules(), talk_rules(), service_rules(), key_rules()})
            for (const Rule& rule : table) pointers.push_back(&rule);
        return pointers;
    }();
    return all;
}

const Rule* find_rule(std::string_view id) {
    const auto found = std::find_if(rules().begin(), rules().end(), [&](const Rule* rule) { return rule->id == id; });
    return found == rules().end() ? nullptr : *found;
}

std::string to_expression(const Rule& rule) {
    const std::string pattern(rule.pattern);
    switch (rule.shape) {
    case Shape::token: return R"((?:^|\W)()" + pattern + R"()(?:[^\w-]|$))";
    case Shape::near: {
        // api_key = "…", "apiKey": "…", api-key => '…', api_key: str = "…", API_KEY = @"…"
        std::vector<std::string> names;
        for (const std::string_view keyword : rule.keywords)
            if (!keyword.empty()) names.emplace_back(keyword);
        return R"([\w.-]{0,40}(?i:)" + join(names, "|") + R"()[\w .-]{0,20}(?:\\?["'`])?(?:\s*:\s*[A-Za-z]\w{0,20})?)" +
               R"(\s{0,3}(?::?={1,3}>?|:|\|\|)\s{0,3}(?:[@$A-Za-z]?\\?["'`])?()" + pattern +
               R"()(?:[\\"'`\s;,)\]}<]|$))";
    }
    case Shape::raw:
    case Shape::block: break;
    }
    return pattern;
}

std::string sample(std::string_view joined) { return replace_all(joined, "|", ""); }

}
