using System.Diagnostics.CodeAnalysis;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Routing;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore.Sending;

/// <summary>What a sender asks for, before anything of its body is read.</summary>
/// <param name="Token">What it presented; it has the right to send.</param>
/// <param name="Name">The name in the address, if there is one.</param>
/// <param name="Wait">How long it wants to wait for receivers.</param>
/// <param name="Receivers">How many receivers it wants.</param>
/// <param name="Piece">Which part of the file its body is.</param>
/// <param name="Sha256">The digest that it says the whole file has.</param>
internal sealed record SendRequest(Token Token, string? Name, TimeSpan? Wait, int Receivers, UploadPiece Piece, ReadOnlyMemory<byte>? Sha256)
{
    /// <summary>Reads a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="relay">Knows the token.</param>
    /// <param name="request">What it asks for.</param>
    /// <param name="refusal">Why that is refused.</param>
    public static bool TryRead(HttpContext context, Relay relay, [NotNullWhen(true)] out SendRequest? request, out Answer refusal)
    {
        request = null;
        if (TokenGate.Find(context, relay) is not { } token)
        {
            refusal = AnswerTable.ForSender(TransferError.UnknownToken);
            return false;
        }

        if (!token.Rights.HasFlag(TokenRights.Send))
        {
            refusal = AnswerTable.ForSender(TransferError.NotAllowed);
            return false;
        }

        string? name = null;
        if (context.GetRouteValue("name") is not null && !TransferName.TryDecode(RequestTarget.LastSegment(context), out name))
        {
            refusal = Bad(TransferName.Rule);
            return false;
        }

        if (!WaitPreference.TryRead(context.Request, out var wait))
        {
            refusal = Bad(WaitPreference.Rule);
            return false;
        }

        if (!ReceiverCount.TryRead(context.Request, out var receivers))
        {
            refusal = Bad(ReceiverCount.Rule);
            return false;
        }

        if (!UploadPiece.TryRead(context.Request, out var piece, out refusal))
        {
            return false;
        }

        if (!ReprDigest.TryRead(context.Request, out var sha256))
        {
            refusal = Bad(ReprDigest.Rule);
            return false;
        }

        request = new SendRequest(token, name, wait, receivers, piece, sha256);
        return true;
    }

    private static Answer Bad(string reason) => new(StatusCodes.Status400BadRequest, Code: null, reason);
}
