#include "config/document.h"
#include "sys/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

constexpr std::string_view file_name = "fairlead.yml";

// The nearest one upward; the search ends at the top of the repository.
std::string nearest_file(const std::string& folder) {
    for (sys::Path here = folder; !here.empty(); here = here.parent_path()) {
        const auto type = sys::inspect(here / file_name).type;
        if (type != sys::FileType::absent) return (here / file_name).string();
        if (sys::inspect(here / ".git").type != sys::FileType::absent || here == here.parent_path()) break;
    }
    return {};
}

Result<std::string> read(const sys::Path& path, const std::string& name) {
    const Place place{name, 0, 0, ""};
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        return usage("no such file; --config names the configuration, fairlead init writes one", place);
    if (std::filesystem::is_directory(status)) {
        return usage(fmt::format("is a folder; name the file in it, e.g. {}/{}", name, file_name), place);
    }
    if (!std::filesystem::is_regular_file(status)) return usage("is not a regular file; copy it into one", place);
    if (std::filesystem::file_size(path, error) > sys::yaml_size_limit) {
        return usage(fmt::format("is larger than {} MiB; is it a configuration?", sys::yaml_size_limit >> 20), place);
    }
    auto text = sys::read_file(path, sys::yaml_size_limit);
    if (!text.ok()) return usage(text.error().message + "; it must be readable", place);
    if (text->starts_with("\xEF\xBB\xBF")) text->erase(0, 3);
    return text;
}

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
        result.push_back({tool, Type::map, "", {}, fields});
        return result;
    }
    std::vector<Field> rows_, environment_;
    Field one_environment_;
};

sys::YamlNode* find(sys::YamlNode& map, std::string_view key) { return const_cast<sys::YamlNode*>(map.find(key)); }

std::vector<std::string> secret_names(const sys::YamlNode& root) {
    std::vector<std::string> names;
    const sys::YamlNode* environments = root.find("environments");
    if (!environments) return names;
    for (const auto& [name, environment] : environments->entries) {
        const sys::YamlNode* env = environment.find("env");
        const sys::YamlNode* secrets = env ? env->find("secrets") : nullptr;
        if (!secrets) continue;
        if (secrets->kind == sys::YamlNode::Kind::scalar) names.push_back(secrets->scalar);
        for (const auto& item : secrets->items) names.push_back(item.scalar);
    }
    return names;
}

// What this run will read: the common keys, the tool's section and the environment that was asked for.
Result<void> interpolate_ours(Document& document, const LoadOptions& options) {
    const auto secrets = secret_names(document.root);
    const auto keys_of = [&](sys::YamlNode& map) -> Result<void> {
        for (auto& [key, value] : map.entries) {
            if (key.scalar == "environments" || (key.scalar != options.tool && is_tool(key.scalar))) continue;
            TRY_VOID(interpolate(value, document, *options.environment, secrets));
        }
        return {};
    };
    TRY_VOID(keys_of(document.root));
    sys::YamlNode* environments = find(document.root, "environments");
    sys::YamlNode* ours = environments ? find(*environments, options.environment_name) : nullptr;
    return ours ? keys_of(*ours) : Result<void>();
}

}

Result<Config> load(const LoadOptions& options) {
    const std::string path = options.path.empty() ? nearest_file(options.folder) : options.path;
    if (path.empty()) return Config();
    const sys::Path absolute = sys::Path(options.folder) / path;
    auto document = std::make_shared<Document>();
    document->file = options.path.empty() ? absolute.lexically_relative(options.folder).string() : path;
    document->folder = absolute.lexically_normal().parent_path().string();
    document->text = TRY(read(absolute, document->file));
    document->root = TRY(sys::parse_yaml(document->text, document->file));
    if (options.environment) TRY_VOID(interpolate_ours(*document, options));
    const Table table(options.tool, options.fields);
    TRY_VOID(validate(document->root, "", table.rows(), Missing::allowed, *document));
    Config config;
    config.document_ = document;
    const Value section = config.section(options.tool, options.environment_name);
    if (section.present())
        TRY_VOID(validate(*section.node_, options.tool, options.fields, Missing::refused, *document));
    return config;
}

}
