using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Minting;

/// <summary><c>POST {base}/{token}/-/token?rights=...</c>: makes a token of the same channel with the same rights or fewer.</summary>
/// <remarks>
/// It needs a token that may send. A token that may only receive cannot pass that right on: otherwise nobody could tell who has it.
/// </remarks>
internal sealed class SubTokenHandler(Relay relay, TokenMint mint, IOptions<BeamHttpOptions> options) : ITokenHandler
{
    // After the base: the token, a dash and a word.
    private const int OwnSegments = 3;

    public async Task HandleAsync(HttpContext context, Token token)
    {
        if (SubTokenRequest.Read(context.Request.Query, out var mistake) is not { } asked)
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, mistake!);
            return;
        }

        if (!token.Rights.HasFlag(asked.Rights))
        {
            await Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.NotAllowed));
            return;
        }

        if (token.Depth >= Token.MaxDepth)
        {
            await Refusal.WriteAsync(context, AnswerTable.LinkTooDeep);
            return;
        }

        if (relay.IsDraining)
        {
            await Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.ShuttingDown));
            return;
        }

        if (!PublicUrl.HasUsableHost(context.Request))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, PublicUrl.HostRule);
            return;
        }

        var (minted, refusal) = await mint.MintSubTokenAsync(context, token, asked.Rights, asked.Uses, asked.Lifetime);
        await (minted is null
            ? Refusal.WriteAsync(context, refusal)
            : MintedResponse.WriteAsync(context, minted, PublicUrl.Base(context.Request, options.Value, OwnSegments)));
    }
}
