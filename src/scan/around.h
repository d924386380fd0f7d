#pragma once
#include "scan/collector.h"
#include "scan/engine.h"

// Judges a value by the text around it and by its file's path.
namespace fairlead::scan {

// Returns whether an unquoted value after a telling name is only a name in code: MsgTypeKey: MsgTypeSha1.
bool is_name_in_code(const Fragment& fragment, const Hit& hit);
// Returns whether it is the token of a badge, in the address of a picture that every reader loads.
bool is_of_badge(const Fragment& fragment, const Hit& hit);
// Returns whether it is below data: in a Kubernetes Secret, whose base64 values another rule decodes.
bool is_in_data_of_secret(const Fragment& fragment, const Hit& hit);
// Returns whether it is made up for a test, a sample or a page, or belongs to a test account that costs nothing.
bool is_made_up(const Fragment& fragment, const Hit& hit);

}
