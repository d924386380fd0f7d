#include "gate/source.h"
#include "base/text.h"

namespace fairlead::gate {

Result<sys::ByteStream> Source::open(sys::Encoding encoding) const {
    if (!root_) return sys::ByteStream::of(bytes_, encoding);
    return sys::ByteStream::open(*root_, name_, encoding);
}

Result<bool> Source::is_xml() const {
    auto stream = TRY(open(sys::Encoding::utf8));
    for (;;) {
        const std::string_view piece = TRY(stream.next());
        const auto text = trim(piece);
        if (!text.empty() || piece.empty()) return text.starts_with('<');
    }
}

Result<void> Source::xml(sys::XmlHandler& handler) const {
    if (!root_) return sys::parse_xml(bytes_, name_, handler);
    auto stream = TRY(open(sys::Encoding::raw));
    return sys::parse_xml(std::move(stream), name_, handler);
}

Result<void> Source::json(sys::JsonHandler& handler) const {
    auto stream = TRY(open(sys::Encoding::utf8));
    return sys::stream_json(std::move(stream), name_, handler);
}

}
