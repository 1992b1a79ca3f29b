using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Routing;

/// <summary>
/// Checks the token and the name of a path, for every operation that is mapped with them. The order is: the token, its right, the name.
/// </summary>
internal sealed class TokenGate(Relay relay)
{
    /// <summary>Lets a request through to an operation on a channel.</summary>
    public Task PassAsync(HttpContext context, TokenRights requires, ITokenHandler handler)
        => FindRefusal(context, requires, out var token) is { } refusal
            ? Refusal.WriteAsync(context, refusal)
            : handler.HandleAsync(context, token!);

    /// <summary>Lets a request through to an operation on a transfer.</summary>
    public Task PassAsync(HttpContext context, TokenRights requires, ITransferHandler handler)
    {
        if (FindRefusal(context, requires, out var token) is { } refusal)
        {
            return Refusal.WriteAsync(context, refusal);
        }

        return TransferName.TryDecode(RequestTarget.LastSegment(context), out var name)
            ? handler.HandleAsync(context, token!, name)
            : Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, TransferName.Rule);
    }

    private Answer? FindRefusal(HttpContext context, TokenRights requires, out Token? token)
    {
        token = PathToken.Find(context, relay);
        if (token is null)
        {
            return AnswerTable.ForSender(TransferError.UnknownToken);
        }

        return token.Rights.HasFlag(requires) ? null : AnswerTable.ForSender(TransferError.NotAllowed);
    }
}
