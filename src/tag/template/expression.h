#pragma once
#include "base/result.h"
#include "tag/template/template.h"
#include <string_view>

namespace fairlead::tag {

// What stands inside one tag: `date 'YYYY' tz="UTC"`. Always of kind call. Error (usage): what `whole`, in which it
// begins at `offset`, has wrong there.
Result<Expression> read_expression(std::string_view text, std::string_view whole, std::size_t offset);

}
