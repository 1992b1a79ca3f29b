using System.Net;

namespace Beam.Client;

/// <summary>The one table from the server's answers to <see cref="BeamError"/>.</summary>
internal static class ErrorNames
{
    /// <summary>Finds the error by the server's own name for it.</summary>
    public static BeamError? Find(string? code) => code switch
    {
        "unknown_token" or "unknown_name" => BeamError.NotFound,
        "not_allowed" => BeamError.Forbidden,
        "token_spent" or "token_ended" => BeamError.TokenEnded,
        "name_in_use" => BeamError.NameInUse,
        "already_receiving" => BeamError.AlreadyReceiving,
        "superseded" => BeamError.Superseded,
        "too_large" or "piece_too_large" => BeamError.TooLarge,
        "too_many_transfers" or "too_many_tokens" or "too_many_waiting" or "shutting_down" => BeamError.Busy,
        "no_room" => BeamError.NoRoom,
        "no_receiver" => BeamError.NoReceiver,
        "no_sender" => BeamError.NoSender,
        "sender_lost" or "sender_stalled" => BeamError.SenderLost,
        "receiver_lost" or "receiver_stalled" => BeamError.ReceiverLost,
        "digest_mismatch" => BeamError.DigestMismatch,
        "cancelled" => BeamError.Cancelled,
        "gone" or "upload_complete" => BeamError.Gone,
        "beginning_gone" or "range_not_held" => BeamError.RangeNotHeld,
        _ => null,
    };

    /// <summary>Finds the error by the status alone.</summary>
    /// <param name="status">The status.</param>
    /// <param name="isFromBeam">Whether Beam has answered; otherwise something in between has, which may let the next request pass.</param>
    public static BeamError Find(HttpStatusCode status, bool isFromBeam) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.UnsupportedMediaType => BeamError.BadRequest,
        HttpStatusCode.Unauthorized => BeamError.Unauthorized,
        HttpStatusCode.Forbidden => BeamError.Forbidden,
        HttpStatusCode.NotFound => BeamError.NotFound,
        HttpStatusCode.RequestTimeout => BeamError.Broken,
        HttpStatusCode.Conflict => BeamError.NameInUse,
        HttpStatusCode.Gone => BeamError.Gone,
        HttpStatusCode.RequestEntityTooLarge => BeamError.TooLarge,
        HttpStatusCode.RequestedRangeNotSatisfiable => BeamError.RangeNotHeld,
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => BeamError.Busy,
        HttpStatusCode.InsufficientStorage => BeamError.NoRoom,
        HttpStatusCode.BadGateway when isFromBeam => BeamError.SenderLost,
        HttpStatusCode.GatewayTimeout when isFromBeam => BeamError.NoSender,
        >= HttpStatusCode.InternalServerError when !isFromBeam => BeamError.Broken,
        _ => BeamError.Unexpected,
    };

    /// <summary>What people are told when Beam itself has not said it.</summary>
    public static string Describe(BeamError error) => error switch
    {
        BeamError.Broken => "The connection broke, or something between here and the server did not pass the request on.",
        BeamError.NotFound => "Unknown or expired token, or no such transfer.",
        BeamError.Unauthorized => "The server asks for an access key.",
        BeamError.Forbidden => "The server does not allow this.",
        BeamError.BadRequest => "The server did not understand the request.",
        BeamError.NameInUse => "The name is in use.",
        BeamError.Gone => "The transfer is over.",
        BeamError.Cancelled => "The transfer was cancelled.",
        BeamError.TokenEnded => "The token was revoked, has expired or is used up.",
        BeamError.TooLarge => "The file is larger than is allowed.",
        BeamError.RangeNotHeld => "The server does not hold those bytes any more.",
        BeamError.Busy => "The server is busy; try again soon.",
        BeamError.NoRoom => "The server has no room for the file.",
        BeamError.NoReceiver => "No receiver came in time.",
        BeamError.NoSender => "No sender came in time.",
        BeamError.ReceiverLost => "The receiver broke off before it had everything.",
        BeamError.SenderLost => "The sender broke off before the end.",
        BeamError.DigestMismatch => "The bytes that arrived are not those that were sent.",
        BeamError.AlreadyReceiving => "Somebody is receiving this file already.",
        BeamError.Superseded => "Another connection has taken over.",
        _ => "The server answered with something unexpected.",
    };
}
