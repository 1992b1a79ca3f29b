using Beam.Tokens;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Requests;

/// <summary>
/// One operation on a transfer. The gate has found the token, which is alive and has the right that the operation was mapped with, and a name that may be used.
/// </summary>
internal interface ITransferHandler
{
    Task HandleAsync(HttpContext context, Token token, string name);
}
