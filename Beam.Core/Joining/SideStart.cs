using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>What a side gets that takes a seat which nobody has had.</summary>
/// <param name="Error">Why it has nothing, or <see cref="TransferError.None"/>.</param>
/// <param name="Transfer">The transfer that it is in.</param>
/// <param name="Use">The use of its token.</param>
internal readonly record struct SideStart(TransferError Error, Transfer? Transfer = null, TokenUse? Use = null);
