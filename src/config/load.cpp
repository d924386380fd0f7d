#include "config/document.h"
#include "config/secrets.h"
#include "sys/fault.h"
#include "sys/files/beneath.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

// The common rows with the tool's own rows in their place, at the top and in each environment.
class Table {
  public:
    Table(const std::string& tool, std::span<const Field> fields) {
        rows_ = own(config::common_fields(), tool, fields);
        const auto environments =
            std::find_if(rows_.begin(), rows_.end(), [](const Field& row) { return row.name == "environments"; });
        environment_ = own(environments->children.front().children, tool, fields);
        one_environment_ = environments->children.front();
        one_environment_.children = environment_;
        environments->children = std::span<const Field>(&one_environment_, 1);
    }
    Table(const Table&) = delete;
    std::span<const Field> rows() const { return rows_; }

  private:
    static std::vector<Field> own(std::span<const Field> rows, const std::string& tool, std::span<const Field> fields) {
        std::vector<Field> result(rows.begin(), rows.end());
        if (tool.empty()) return result;
        std::erase_if(result, [&](const Field& row) { return row.name == tool; });
        result.push_back({tool, Type::map, "The tool's section.", {}, fields});
        return result;
    }
    std::vector<Field> rows_, environment_;
    Field one_environment_;
};

sys::YamlNode* find(sys::YamlNode& map, std::string_view key) { return const_cast<sys::YamlNode*>(map.find(key)); }

// What this run will read: the common keys, the tool's section and the environment that was asked for.
Result<void> interpolate_ours(Document& document, const LoadOptions& options) {
    const auto declared = TRY(Declared::of(document, options.environment_name));
    const auto keys_of = [&](sys::YamlNode& map) -> Result<void> {
        for (auto& [key, value] : map.entries) {
            if (key.scalar == "environments" || (key.scalar != options.tool && is_tool(key.scalar))) continue;
            TRY_VOID(interpolate(value, document, *options.environment, declared));
        }
        return {};
    };
    TRY_VOID(keys_of(document.root));
    sys::YamlNode* environments = find(document.root, "environments");
    sys::YamlNode* ours = environments ? find(*environments, options.environment_name) : nullptr;
    return ours ? keys_of(*ours) : Result<void>();
}

// Takes the key out, dotted; `*` is any name, and a list is passed through.
void take_out(sys::YamlNode& node, std::string_view key) {
    for (sys::YamlNode& item : node.items) take_out(item, key);
    const auto name = key.substr(0, key.find('.'));
    if (name.size() == key.size()) {
        std::erase_if(node.entries, [&](const auto& entry) { return name == "*" || entry.first.scalar == name; });
        return;
    }
    for (auto& [entry, value] : node.entries)
        if (name == "*" || entry.scalar == name) take_out(value, key.substr(name.size() + 1));
}

void take_out_ignored(Document& document) {
    const std::string_view key = sys::ignored();
    if (key.empty() || key.find(' ') != key.npos) return;
    take_out(document.root, key);
    take_out(document.root, "environments.*." + std::string(key));
    document.merged.clear();
}

Error too_large(const Place& place) {
    return usage(fmt::format("is larger than {} MiB; check that it is a configuration", sys::yaml_size_limit >> 20),
                 place);
}

}

std::string nearest_file(const std::string& folder) {
    return sys::nearest_upwards(folder, file_name).value_or(std::string());
}

// A committed link could lead to any file of this machine, and an error shows the line: only what lies in the tree is
// read.
Result<std::string> read_document(const sys::Path& folder, const sys::Path& path, const std::string& name) {
    const Place place{name, 0, 0, ""};
    const auto at_place = [&](Error error) { return usage(std::move(error.message), place); };
    std::error_code error;
    const auto missing = [&] {
        return usage("there is no such file; name the configuration with --config, or run fairlead init", place);
    };
    if (!std::filesystem::is_directory(path.parent_path(), error)) return missing();
    auto named = sys::named_by_person(folder, path);
    if (!named.ok()) return at_place(named.error());
    const auto info = named->root.look(named->path);
    if (!info.ok()) return at_place(info.error());
    if (info->type == sys::FileType::absent) return missing();
    if (info->type == sys::FileType::folder) {
        return usage(fmt::format("is a folder; name the file in it, e.g. {}/{}", name, file_name), place);
    }
    if (info->type != sys::FileType::file) return usage("is not a regular file; copy it to a regular file", place);
    if (info->size > sys::yaml_size_limit) return too_large(place);
    auto text = named->root.read(named->path, sys::yaml_size_limit);
    if (!text.ok()) return usage(text.error().message + "; it must be readable", place);
    return checked_text(std::move(text).value(), place);
}

Result<std::string> checked_text(std::string text, const Place& place) {
    if (text.size() > sys::yaml_size_limit) return too_large(place);
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return text;
}

Result<Config> load(const LoadOptions& options) {
    Change change;
    if (options.change)
        change = *options.change;
    else if (options.environment)
        change = TRY(change_of_job(*options.environment));
    Source source = TRY(find_source(options.path, options.folder, change, options.environment));
    Config config;
    if (!source.file.empty()) config = TRY(load_text(std::move(source.text), source.file, options));
    config.base_commit_ = std::move(source.commit);
    config.base_tree_ = std::move(source.tree);
    config.base_folder_ = std::move(source.folder);
    return config;
}

Result<Config> as_written(const Config& config) {
    if (!config.present()) return config;
    return load_text(config.document_->text, config.file(), {.folder = "/"});
}

Result<Config> load_text(std::string text, const std::string& file, const LoadOptions& options) {
    auto document = std::make_shared<Document>();
    document->file = file;
    document->folder = (sys::Path(options.folder) / file).lexically_normal().parent_path().string();
    document->text = std::move(text);
    document->root = TRY(sys::parse_yaml(document->text, document->file));
    if (options.environment) TRY_VOID(interpolate_ours(*document, options));
    register_values(document->root);
    const Table table(options.tool, options.fields);
    TRY_VOID(validate(document->root, "", table.rows(), Missing::allowed, *document));
    TRY_VOID(check_named(*document));
    Config config;
    config.document_ = document;
    const Value section = config.section(options.tool, options.environment_name);
    const auto names = config.environments();
    const bool is_known = std::find(names.begin(), names.end(), options.environment_name) != names.end();
    const bool is_whole = is_known || (options.environment_name.empty() && !options.needs_environment) || names.empty();
    if (section.present()) // else an environment may have the rest, and which one is asked next
        TRY_VOID(validate(*section.node_, options.tool, options.fields, is_whole ? Missing::refused : Missing::allowed,
                          *document));
    take_out_ignored(*document);
    return config;
}

}
