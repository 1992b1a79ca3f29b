using System.Net;

namespace Beam.Client;

/// <summary>The only table from the server's answers to <see cref="BeamError"/>.</summary>
internal static class ErrorNames
{
    /// <summary>Finds the error by the server's own name for it.</summary>
    public static BeamError? Find(string? code) => code switch
    {
        "unknown_token" or "unknown_name" => BeamError.NotFound,
        "not_allowed" => BeamError.Forbidden,
        "token_spent" or "token_ended" => BeamError.TokenEnded,
        "name_in_use" or "terms_changed" => BeamError.NameInUse,
        "already_receiving" => BeamError.AlreadyReceiving,
        "superseded" => BeamError.Superseded,
        "too_large" or "piece_too_large" => BeamError.TooLarge,
        "too_many_transfers" or "too_many_tokens" or "too_many_waiting" or "too_many_held" or "shutting_down" => BeamError.Busy,
        "no_room" => BeamError.NoRoom,
        "no_receiver" => BeamError.NoReceiver,
        "no_sender" => BeamError.NoSender,
        "sender_lost" or "sender_stalled" => BeamError.SenderLost,
        "receiver_lost" or "receiver_stalled" => BeamError.ReceiverLost,
        "digest_mismatch" => BeamError.DigestMismatch,
        "cancelled" => BeamError.Cancelled,
        "gone" or "upload_complete" => BeamError.Gone,
        "beginning_gone" or "range_not_held" or "nothing_to_resume" => BeamError.RangeNotHeld,
        _ => null,
    };

    /// <summary>Finds the error by the status alone.</summary>
    /// <param name="status">The status.</param>
    /// <param name="isFromBeam">Whether Beam has answered. Otherwise a proxy has, which may let the next request pass.</param>
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

    /// <summary>A message for people, for when Beam itself has not given a message.</summary>
    public static string Describe(BeamError error) => error switch
    {
        BeamError.Broken => "The connection broke, or a proxy did not pass the request on.",
        BeamError.NotFound => "Unknown or expired token, or no such transfer.",
        BeamError.Unauthorized => "The server asks for an access key.",
        BeamError.Forbidden => "The server does not allow this.",
        BeamError.BadRequest => "The server did not understand the request.",
        BeamError.NameInUse => "The name is in use.",
        BeamError.Gone => "The transfer is over.",
        BeamError.Cancelled => "The transfer was cancelled.",
        BeamError.TokenEnded => "The token was revoked, has expired or is used up.",
        BeamError.TooLarge => "The file is larger than the server allows.",
        BeamError.RangeNotHeld => "The server no longer holds those bytes.",
        BeamError.Busy => "The server is busy. Try again soon.",
        BeamError.NoRoom => "The server has no room for the file.",
        BeamError.NoReceiver => "No receiver came in time.",
        BeamError.NoSender => "No sender came in time.",
        BeamError.ReceiverLost => "The receiver disconnected or stalled before it had everything.",
        BeamError.SenderLost => "The sender disconnected or stalled before the end.",
        BeamError.DigestMismatch => "The bytes that arrived differ from those that were sent.",
        BeamError.AlreadyReceiving => "Somebody is already receiving this file.",
        BeamError.Superseded => "Another connection has taken over.",
        _ => "The server gave an unexpected answer.",
    };
}
