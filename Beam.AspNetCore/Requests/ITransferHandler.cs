using Beam.Tokens;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Requests;

/// <summary>
/// One operation on a transfer. The gate has found the token, which is alive and has the right that the mapping demands. It has also found
/// a name that is allowed.
/// </summary>
internal interface ITransferHandler
{
    Task HandleAsync(HttpContext context, Token token, string name);
}
