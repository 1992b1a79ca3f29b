using System.Diagnostics.CodeAnalysis;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Sending;

/// <summary>What a sender asks for, before Beam reads anything of its body.</summary>
/// <param name="Token">The sender's token, which has the right to send.</param>
/// <param name="Piece">Which part of the file its body is.</param>
/// <param name="Terms">
/// The terms on which it joins, except two. Whether the body ends the file depends on what the relay knows of the length. Whether it is a
/// hand-in is read later.
/// </param>
internal sealed record SendRequest(Token Token, UploadPiece Piece, SendTerms Terms)
{
    /// <summary>Reads a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="token">The sender's token.</param>
    /// <param name="asked">What the sender asks for.</param>
    /// <param name="refusal">Why that is refused.</param>
    public static bool TryRead(HttpRequest request, Token token, [NotNullWhen(true)] out SendRequest? asked, out Answer refusal)
    {
        asked = TryReadTerms(request, out var piece, out var terms, out refusal) ? new SendRequest(token, piece, terms) : null;
        return asked is not null;
    }

    /// <summary>
    /// Reads what a request may ask for even without a token. Without a token there is no hand-in: the same answer tells the outcome.
    /// </summary>
    public static bool TryReadTerms(HttpRequest request, out UploadPiece piece, out SendTerms terms, out Answer refusal)
    {
        piece = UploadPiece.Whole;
        terms = new SendTerms();
        if (!WaitPreference.TryRead(request, out var wait))
        {
            refusal = Bad(WaitPreference.Rule);
            return false;
        }

        if (!ReceiverCount.TryRead(request, out var receivers))
        {
            refusal = Bad(ReceiverCount.Rule);
            return false;
        }

        if (!UploadPiece.TryRead(request, out piece, out refusal))
        {
            return false;
        }

        if (!ReprDigest.TryRead(request, out var sha256))
        {
            refusal = Bad(ReprDigest.Rule);
            return false;
        }

        terms = new SendTerms { Wait = wait, Receivers = receivers, Sha256 = sha256, WantsDigest = ReprDigest.IsWanted(request) };
        return true;
    }

    private static Answer Bad(string reason) => new(StatusCodes.Status400BadRequest, Code: null, reason);
}
