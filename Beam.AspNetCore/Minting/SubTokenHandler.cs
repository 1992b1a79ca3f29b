using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Routing;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Minting;

/// <summary><c>POST {base}/{token}/-/token?rights=...</c>: makes a token of the same channel with the same rights or fewer.</summary>
internal sealed class SubTokenHandler(Relay relay, IOptions<BeamHttpOptions> options) : IBeamHttpHandler
{
    // Behind the base: the token, a dash and a word.
    private const int OwnSegments = 3;

    public Task HandleAsync(HttpContext context)
    {
        if (TokenGate.Find(context, relay) is not { } token)
        {
            return Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.UnknownToken));
        }

        // Who may only receive cannot pass that on, or nobody could tell who has it.
        if (!token.Rights.HasFlag(TokenRights.Send))
        {
            return Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.NotAllowed));
        }

        if (TokenWish.Read(context.Request.Query, out var mistake) is not { } wish)
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, mistake!);
        }

        if (!token.Rights.HasFlag(wish.Rights))
        {
            return Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.NotAllowed));
        }

        if (relay.IsDraining)
        {
            return Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.ShuttingDown));
        }

        if (!PublicUrl.HasPlainHost(context.Request))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, PublicUrl.HostRule);
        }

        return relay.Tokens.MintSubToken(token, wish.Rights, wish.Uses, wish.Lifetime) is { } minted
            ? MintedAnswer.WriteAsync(context, minted, PublicUrl.Base(context.Request, options.Value, OwnSegments))
            : Refusal.WriteAsync(context, MintedAnswer.TooMany);
    }
}
