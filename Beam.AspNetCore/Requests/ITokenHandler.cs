using Beam.Tokens;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Requests;

/// <summary>One operation on a channel. The gate has found the token, which is alive and has the right that the mapping demands.</summary>
internal interface ITokenHandler
{
    Task HandleAsync(HttpContext context, Token token);
}
