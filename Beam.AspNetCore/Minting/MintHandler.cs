using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Requests;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Minting;

/// <summary><c>POST {base}/token</c>: mints a token that opens a new channel.</summary>
internal sealed class MintHandler(Relay relay, TokenMint mint, IOptions<BeamHttpOptions> options) : IBeamHttpHandler
{
    public async Task HandleAsync(HttpContext context)
    {
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

        var (minted, refusal) = await mint.MintAsync(context);
        await (minted is null
            ? Refusal.WriteAsync(context, refusal)
            : MintedResponse.WriteAsync(context, minted, PublicUrl.Base(context.Request, options.Value, ownSegments: 1)));
    }
}
