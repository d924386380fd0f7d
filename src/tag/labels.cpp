#include "tag/labels.h"
#include "tag/script/collation.h"
#include <algorithm>

namespace fairlead::tag {

Result<std::vector<Label>> make_labels(const std::vector<Origin>& custom, const RepositoryFacts& repository,
                                       const std::string& version, const Facts& facts, Expressions& expressions,
                                       Notes& notes) {
    const std::string prefix = "org.opencontainers.image.";
    std::vector<Label> labels = {{prefix + "title", repository.title}, {prefix + "description", repository.description},
                                 {prefix + "url", repository.url},     {prefix + "source", repository.url},
                                 {prefix + "version", version},        {prefix + "created", format_utc(facts.now)},
                                 {prefix + "revision", facts.sha},     {prefix + "licenses", repository.licence}};
    for (const auto& entry : custom) {
        const auto text = TRY(expressions.render(entry.text, entry));
        const auto equals = text.find('=');
        if (equals == std::string::npos) {
            notes.fault("entry '" + text + "' has no '=' and is dropped", entry, "write key=value");
            continue;
        }
        if (equals == 0) notes.fault("entry '" + text + "' has no key", entry, "write key=value");
        const auto key = text.substr(0, equals);
        const auto known =
            std::find_if(labels.begin(), labels.end(), [&](const Label& label) { return label.first == key; });
        if (known == labels.end())
            labels.emplace_back(key, text.substr(equals + 1));
        else
            known->second = text.substr(equals + 1);
    }
    std::stable_sort(labels.begin(), labels.end(),
                     [](const Label& a, const Label& b) { return collate(a.first, b.first) < 0; });
    return labels;
}

}
